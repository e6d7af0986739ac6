"""Projections: this service's own small copies of staff, customers, contacts and cases, as others published them."""
