"""The overview of a customer: everything about one customer in one answer (the 360° page)."""
