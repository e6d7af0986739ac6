"""Service contracts: what a customer is entitled to, from when until when, and for which items."""
