"""Search: customers, cases and orders found with one question."""
