"""One search over customers, cases and orders."""
