"""Web forms that staff define and visitors submit."""
