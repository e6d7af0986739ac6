"""The checker itself: whatever is taken away, added or repeated behind the system's back is found and named."""

from collections.abc import Callable, Iterator

import pytest

from ops.waiting import wait_for
from tests.faults.checker import Findings, check
from tests.faults.conftest import Patient
from tests.faults.load import Deed, Load
from tests.stacks import Stack


@pytest.fixture(scope="module")
def worked(embedded: Patient) -> Load:
    """Something has happened, and all of it is right."""
    trial = embedded.trial("0 no fault")
    with trial.under_load() as load:
        wait_for(lambda: load.done("submit") and load.done("confirm") and load.done("rename"), "work is done")
    trial.judge()
    # The end of an e-mail that is under way makes an event, which has to arrive as well.
    under_way = "SELECT id FROM emails WHERE state = 'sending'"
    wait_for(lambda: not embedded.stack.sql("notifications", under_way), "no e-mail is under way")
    trial.judge()
    return load


@pytest.fixture(scope="module")
def put_back(embedded: Patient, worked: Load) -> Iterator[Callable[[], None]]:
    """Nothing runs while the checker is tried."""
    with embedded.stack.at_rest() as put_back:
        yield put_back


def lose_effect(stack: Stack, _: Load) -> None:
    stack.change("customers", "DELETE FROM inbox WHERE event_id = (SELECT min(event_id) FROM inbox)")


def lose_case(stack: Stack, load: Load) -> None:
    load.deeds.append(Deed("submit", "never-kept", status=201, answer={"case_number": "C-424242"}))


def lose_timeline_entry(stack: Stack, _: Load) -> None:
    stack.change("customers", "DELETE FROM timeline_entries WHERE kind = 'case.opened'")


def lose_mail(stack: Stack, _: Load) -> None:
    stack.change(
        "notifications",
        "UPDATE emails SET id = 'eml_other' WHERE id = (SELECT min(id) FROM emails WHERE state = 'sent')",
    )


def invent_effect(stack: Stack, _: Load) -> None:
    stack.change(
        "orders", "UPDATE inbox SET event_id = 'evt_nobody' WHERE event_id = (SELECT min(event_id) FROM inbox)"
    )


def invent_order(_: Stack, load: Load) -> None:
    load.deeds = [deed for deed in load.deeds if deed.kind != "order"]


def double_case(stack: Stack, load: Load) -> None:
    keys = [deed.key for deed in load.done("submit")]
    stack.change("cases", 'UPDATE "cases" SET subject = :one WHERE subject = :other', one=keys[0], other=keys[1])


def fall_behind(stack: Stack, _: Load) -> None:
    stack.change("cases", "UPDATE known_customers SET name = 'as it was'")


def miscount(stack: Stack, _: Load) -> None:
    stack.change("customers", "UPDATE customer_facts SET open_cases = open_cases + 1")


def get_stuck(stack: Stack, _: Load) -> None:
    stack.change(
        "customers",
        "INSERT INTO parked_message (type, body, reason, detail, attempts, parked_at) VALUES ('x', '', 'failed', 'x', 1, '2026-01-01')",
    )


@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        ("lost", lose_effect), ("lost", lose_case), ("lost", lose_timeline_entry), ("lost", lose_mail),
        ("ghost", invent_effect), ("ghost", invent_order), ("double", double_case),
        ("reordered", fall_behind), ("reordered", miscount), ("stuck", get_stuck),
    ],
)  # fmt: skip
def test_harm_done_behind_the_systems_back_is_found(
    embedded: Patient, worked: Load, put_back: Callable[[], None], kind: str, harm: Callable[[Stack, Load], None]
) -> None:
    stack, deeds = embedded.stack, list(worked.deeds)
    try:
        harm(stack, worked)
        found: Findings = check(stack, [worked], embedded.office)
    finally:
        worked.deeds = deeds
        put_back()
    assert getattr(found, kind), found.wrong
    assert check(stack, [worked], embedded.office).wrong == {}
