"""What this service has heard of customers and users: local copies, kept by events."""
