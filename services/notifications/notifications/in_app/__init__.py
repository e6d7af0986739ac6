"""The notification centre: what the bell in the console shows to one user."""
