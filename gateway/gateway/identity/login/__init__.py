"""Login: signing in with a password, and what users see and change of themselves."""
