"""The catalogue: what can be sold, at which price and tax."""
