"""Identifiers."""

from servicekit.ids import new_id, uuid7


def test_ids_rise_within_one_millisecond_and_keep_their_prefix() -> None:
    ids = [new_id("boo") for _ in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 2000
    assert all(one.startswith("boo_") and len(one) == 30 for one in ids)
    assert uuid7().version == 7
