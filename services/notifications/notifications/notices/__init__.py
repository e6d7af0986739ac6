"""Notices: which event is announced to whom, in the console and by e-mail."""
