"""The same fixtures as the unit tests of this service."""

from tests.unit.customers.conftest import bench, running, staff

__all__ = ["bench", "running", "staff"]
