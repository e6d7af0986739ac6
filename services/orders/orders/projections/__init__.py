"""Projections: this service's own small copies of what other services published, that is of the customers."""
