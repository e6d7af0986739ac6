"""Sales: orders and their lines, which are snapshots of what was sold."""
