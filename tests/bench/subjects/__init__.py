"""What is measured, a module a subject; each gives rows."""
