"""Sales: orders and the lines that keep what was sold."""
