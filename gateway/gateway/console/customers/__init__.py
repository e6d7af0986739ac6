"""Customers: the list, the record with its tabs, adding, editing, blocking."""
