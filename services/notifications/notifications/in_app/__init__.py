"""Notifications in the console: what the bell shows to one user."""
