"""Logging in and out, and what every other page requires of its request."""

from pathlib import Path

from gateway.console.login import login
from gateway.console.page.sections import Section

SECTION = Section(name="login", blueprints=(login.blueprint,), templates=Path(__file__).with_name("templates"))
