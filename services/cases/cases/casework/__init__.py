"""Cases, their types, their messages and their history."""
