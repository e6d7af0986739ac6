"""Customers leave as a file."""
