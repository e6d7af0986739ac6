"""Identity: who may come in, as what, and how they show it."""
