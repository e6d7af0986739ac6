"""The page that staff start from."""
