"""Workflows as they happen: a run, its steps, and how it moves from one to the next."""
