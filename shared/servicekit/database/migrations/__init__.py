"""The kit's own tables, in steps."""
