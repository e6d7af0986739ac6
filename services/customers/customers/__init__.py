"""Customers: keeps who the customers are, and shows everything that happened with each of them."""
