"""Durations as people write them: `PT4H`, `P1DT2H`, `4h`, `30m`, `1h30m`, `2d`, `10s`."""

import re
from datetime import timedelta

LONGEST = timedelta(days=366)

_SHORT = re.compile(
    r"^(?:(?P<weeks>\d+)w)?(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?$",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


class NotADuration(ValueError):
    """The text is not a duration that this program understands; the message says which forms it does."""


def parse_duration(text: str) -> timedelta:
    """Read ISO 8601 (without years and months, whose length varies) or the short form. Zero is a duration."""
    cleaned = text.strip().replace(" ", "")
    found = _ISO.match(cleaned) or _SHORT.match(cleaned)
    parts = {unit: int(value) for unit, value in found.groupdict().items() if value} if found else {}
    if not parts or cleaned.endswith("T"):
        raise NotADuration(f"“{text[:40]}” is not a duration. Write it like PT4H, 4h, 30m or 2d.")
    try:
        length = timedelta(**parts)
    except OverflowError:
        length = LONGEST * 2
    if length > LONGEST:
        raise NotADuration("A duration cannot be longer than 366 days.")
    return length
