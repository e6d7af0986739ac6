"""Identifiers: typed, opaque, and sorted by the moment they were made."""

import os
import threading
import time
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, lower case
_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A version-7 UUID; within one process each is greater than the one before, also within a millisecond."""
    global _last  # noqa: PLW0603 - one counter a process is the point
    with _lock:
        # 48 bits of milliseconds, then 12 bits that count inside the millisecond (RFC 9562, method 3).
        nanoseconds = time.time_ns()
        stamp = (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 * 4096 // 1_000_000)
        _last = max(stamp, _last + 1)
        stamp = _last
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    return uuid.UUID(int=value)


def new_id(prefix: str) -> str:
    """`cus` gives `cus_01kb…`: the prefix and 26 characters that sort as the UUIDv7 does."""
    value = uuid7().int
    characters = []
    for _ in range(26):
        value, index = divmod(value, 32)
        characters.append(_ALPHABET[index])
    return f"{prefix}_{''.join(reversed(characters))}"
