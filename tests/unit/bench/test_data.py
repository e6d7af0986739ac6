"""The generated directory is what the customers service itself would have written."""

from collections import Counter

import pytest

from customers.directory import rules
from servicekit.addresses import fold, normal_email, normal_phone
from servicekit.ids import new_id
from tests.bench.data import CONTACT_COLUMNS, CUSTOMER_COLUMNS, NULL, Directory, typed_id

CUSTOMERS, CONTACTS = 3000, 6000


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory(customers=CUSTOMERS, contacts=CONTACTS)


def rows(lines: list[str], columns: tuple[str, ...]) -> list[dict[str, str | None]]:
    """As PostgreSQL reads them."""
    split = [line.removesuffix("\n").split("\t") for line in lines]
    return [
        {name: None if value == NULL else value.replace(r"\n", "\n") for name, value in zip(columns, one, strict=True)}
        for one in split
    ]


@pytest.fixture(scope="module")
def customers(directory: Directory) -> list[dict[str, str | None]]:
    return rows(list(directory.customer_lines()), CUSTOMER_COLUMNS)


@pytest.fixture(scope="module")
def contacts(directory: Directory) -> list[dict[str, str | None]]:
    return rows(list(directory.contact_lines()), CONTACT_COLUMNS)


def test_the_same_seed_gives_the_same_rows(directory: Directory) -> None:
    again = Directory(customers=CUSTOMERS, contacts=CONTACTS)
    assert list(again.customer_lines()) == list(directory.customer_lines())
    assert list(again.contact_lines()) == list(directory.contact_lines())


def test_names_emails_and_phones_are_compared_as_the_rules_say(customers: list[dict[str, str | None]]) -> None:
    for one in customers[:500]:
        assert one["name_search"] == fold(one["name"] or "")
        assert not rules.what_is_missing(name=one["name"] or "", email=one["email"], phone=one["phone"])
        if one["email"]:
            assert one["email_norm"] == normal_email(one["email"])
        if one["phone"]:
            assert one["phone"] == normal_phone(one["phone"])
        if one["kind"] == "organization":
            assert one["domain"] == rules.company_domain(email=one["email"], website=one["website"])


def test_an_organization_is_found_by_its_people(
    customers: list[dict[str, str | None]], contacts: list[dict[str, str | None]]
) -> None:
    known = {one["id"]: one for one in customers}
    for one in customers[:200]:
        people = [known[contact["person_id"]] for contact in contacts if contact["organization_id"] == one["id"]]
        words = [word for person in people for word in (person["name"], person["email"]) if word]
        text = rules.search_text(
            number=one["number"] or "", name=one["name"] or "", email=one["email"], phone=one["phone"], people=words
        )
        assert one["search_text"] == text


def test_nothing_is_there_twice_and_no_archived_customer_owns_an_email(
    customers: list[dict[str, str | None]], contacts: list[dict[str, str | None]]
) -> None:
    for unique in ("id", "number"):
        assert len({one[unique] for one in customers}) == CUSTOMERS
    claimed = Counter((one["kind"], one["email_key"]) for one in customers if one["email_key"])
    assert max(claimed.values()) == 1
    assert all(one["email_key"] is None for one in customers if one["is_archived"] == "t")
    assert len({(one["organization_id"], one["person_id"]) for one in contacts}) == len(contacts) == CONTACTS
    primary = Counter(one["organization_id"] for one in contacts if one["is_primary"] == "t")
    assert set(primary.values()) == {1}
    assert set(primary) == {one["organization_id"] for one in contacts}


def test_ids_sort_by_the_moment_and_look_like_those_of_the_kit() -> None:
    earlier, later = typed_id("cus", 1_700_000_000_000, 2**74 - 1), typed_id("cus", 1_700_000_000_001, 0)
    assert earlier < later < new_id("cus")
    assert len(later) == len(new_id("cus"))
