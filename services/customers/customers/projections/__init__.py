"""Projections: what orders, cases and the gateway published about customers and users, as this service keeps it."""
