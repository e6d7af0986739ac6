"""What orders, cases and the gateway told about our customers and users: small copies, kept by events."""
