"""Web forms that staff define and strangers submit."""
