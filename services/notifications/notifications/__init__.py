"""Notifications: informs staff and customers of what happened, in the console and by e-mail."""
