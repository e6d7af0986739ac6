"""The same fixtures as the unit tests of this service."""

from tests.unit.customers.conftest import bench, migrated, running, staff

__all__ = ["bench", "migrated", "running", "staff"]
