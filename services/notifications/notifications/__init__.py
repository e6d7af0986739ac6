"""Notifications: tells staff and customers what happened, in the console and by e-mail."""
