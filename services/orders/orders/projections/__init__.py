"""The directory: this service's own small copy of the customers."""
