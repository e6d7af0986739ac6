"""Test tools that the kit ships: a harness of real services, and databases on a PostgreSQL server."""
