"""Gateway: the one public door, with sign-in, API proxy and console."""
