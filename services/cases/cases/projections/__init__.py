"""Projections: customers, contacts and users as other services published them, as far as cases need them."""
