"""Alembic migrations of the customers database."""
