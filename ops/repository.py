"""Where this checkout lies, and which services are in it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("customers", "cases", "orders", "notifications")
EVERYONE = (*SERVICES, "gateway")
