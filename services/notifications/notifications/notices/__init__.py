"""Announcements: which event is told to whom, in the console and by e-mail."""
