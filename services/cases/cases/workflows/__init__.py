"""Workflows: what is defined, what runs, who has to act and what the clock does."""
