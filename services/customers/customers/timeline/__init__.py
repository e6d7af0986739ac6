"""The timeline: what happened with a customer, stored as kind and data; titles are made when they are read."""
