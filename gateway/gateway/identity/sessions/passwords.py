"""Password hashes: argon2id, and the same work for an account that does not exist."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second argon2id profile (19 MiB, two passes): about 25 ms on a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """An argon2id hash that names its own parameters."""
    return _HASHER.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Compare; where there is no hash the same work is done, so that the time it takes gives nothing away."""
    try:
        _HASHER.verify(stored or _decoy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_new_hash(stored: str) -> bool:
    """Was it made with weaker parameters than today's?"""
    return _HASHER.check_needs_rehash(stored)


@cache
def _decoy_hash() -> str:
    return _HASHER.hash("the password of nobody at all")
