"""Notifications: what happened that concerns me, read and unread."""
