"""Every event that customers hears: twice is once, and any order ends in the same picture."""

import itertools

import pytest
from sqlalchemy import func, select

from customers.timeline.models import TimelineEntry
from servicekit.testing.harness import envelope
from tests.unit.customers import factories as make
from tests.unit.customers.factories import (
    case_told,
    form_submitted,
    individual,
    of_case,
    order_told,
    organization,
    timeline,
    titles,
)

STEP = {
    "iteration": 1,
    "case_subject": "x",
    "user_ids": ["usr_ines"],
    "due_at": "2026-11-02T10:00:00Z",
    "instructions": None,
}
EMAIL = {
    "id": "eml_1",
    "kind": "autoresponder",
    "to_user_id": None,
    "case_id": "cas_1",
    "order_id": None,
    "customer_id": None,
    "subject": "We got it",
}
MESSAGE = {"id": "msg_1", "is_internal": False, "direction": "in", "author_id": None}


def heard_events(customer_id):
    """One of each kind, valid as their publishers tell them."""
    decided = {"outcome": "approve", "note": "Fine", "decided_by": "usr_ines"}
    return {
        "form.submitted.v1": form_submitted(name="Ana Reis", email="ana@mail.example", organization_name="Reis Lda"),
        **{
            f"case.{what}.v1": case_told(what, customer_id=customer_id)
            for what in ("opened", "linked", "assigned", "transitioned", "closed", "reopened")
        },
        **{
            f"workflow.{what}.v1": of_case(f"workflow.{what}.v1", outcome="done", reason="No time")
            for what in ("started", "completed", "failed", "cancelled")
        },
        "step.activated.v1": of_case("step.activated.v1", **STEP),
        "step.escalated.v1": of_case("step.escalated.v1", **STEP, level=1, to_user_ids=["usr_boss"]),
        "step.decided.v1": of_case("step.decided.v1", **decided),
        "message.added.v1": of_case("message.added.v1", **MESSAGE),
        "email.sent.v1": envelope("email.sent.v1", EMAIL),
        "email.failed.v1": envelope("email.failed.v1", {**EMAIL, "reason": "refused"}),
        **{
            f"order.{what}.v1": order_told(what, customer_id)
            for what in ("placed", "confirmed", "fulfilled", "cancelled")
        },
        "payment.received.v1": envelope(
            "payment.received.v1",
            {
                "id": "pay_1",
                "customer_id": customer_id,
                "invoice_id": None,
                "amount": {"amount": "5.00", "currency": "EUR"},
            },
        ),
    }


QUIET = {
    "case.updated.v1": lambda customer_id: case_told("updated", customer_id=customer_id),
    "balance.changed.v1": make.balance_changed,
    "user.created.v1": lambda _: make.user_told(),
    "user.updated.v1": lambda _: make.user_told(what="updated"),
    "user.disabled.v1": lambda _: make.user_told(what="disabled"),
}


def count_entries(running):
    with running.service.database.read() as session:
        return session.scalar(select(func.count()).select_from(TimelineEntry))


def test_every_type_that_is_heard_has_a_test_here(running):
    assert set(running.service.consumers.by_type) == {*heard_events("cus_1"), *QUIET}


@pytest.mark.parametrize("event_type", [*heard_events("cus_1")])
def test_the_same_event_twice_is_one_entry(running, staff, event_type):
    customer = individual(staff)
    event = heard_events(customer["id"])[event_type]
    running.receive(event)
    once, told = count_entries(running), len(running.recorded())
    running.receive(event)
    assert count_entries(running) == once
    assert len(running.recorded()) == told


@pytest.mark.parametrize("event_type", [*QUIET])
def test_events_that_only_keep_figures_or_names_make_no_entry(running, staff, event_type):
    customer = individual(staff)
    event = QUIET[event_type](customer["id"])
    before = count_entries(running)
    running.receive(event)
    running.receive(event)
    assert count_entries(running) == before


@pytest.mark.proves("F075")
def test_the_whole_story_of_a_form_is_on_the_timeline_in_its_order(running, staff):
    running.receive(make.user_told())
    running.receive(make.user_told("usr_boss", "Rui Boss"))
    running.receive(form_submitted(name="Ana Reis", email="ana@mail.example", more={"time": "2026-11-01T10:00:00Z"}))
    ana = staff.get("/customers?q=ana").get_json()["data"][0]["id"]
    at = (f"2026-11-01T10:{minute:02}:00Z" for minute in itertools.count(1))
    story = [
        case_told("opened", more={"time": next(at)}),
        case_told("linked", sequence=2, customer_id=ana, more={"time": next(at)}),
        of_case("workflow.started.v1", more={"time": next(at)}),
        of_case("step.activated.v1", **STEP, more={"time": next(at)}),
        of_case("step.escalated.v1", **STEP, level=1, to_user_ids=["usr_boss"], more={"time": next(at)}),
        of_case("step.decided.v1", outcome="approve", note="Fine", decided_by="usr_ines", more={"time": next(at)}),
        of_case(
            "message.added.v1", **{**MESSAGE, "direction": "out", "author_id": "usr_ines"}, more={"time": next(at)}
        ),
        envelope("email.sent.v1", EMAIL, time=next(at)),
        of_case("workflow.completed.v1", outcome="approve", more={"time": next(at)}),
        case_told(
            "transitioned",
            sequence=3,
            customer_id=ana,
            status="closed",
            previous_status="working",
            is_open=False,
            more={"time": next(at)},
        ),
        case_told("closed", sequence=4, customer_id=ana, status="closed", is_open=False, more={"time": next(at)}),
        order_told("placed", ana, more={"time": next(at)}),
    ]
    for event in reversed(story):
        running.receive(event)
    assert titles(staff, ana)[::-1] == [
        "Sent the form Contact us",
        "Customer CU-000001 was added",
        "Case C-000001 opened: My order never came",
        "Case C-000001 linked to this customer",
        "Workflow started: Complaint",
        "Approval for Ines Duarte: Approve refund",
        "Escalated (level 1) to Rui Boss: Approve refund",
        "Approved: Approve refund, by Ines Duarte",
        "Reply sent on case C-000001, by Ines Duarte",
        "E-mail sent: We got it",
        "Workflow completed: Complaint",
        "Case C-000001 moved from working to closed",
        "Case C-000001 closed",
        "Order O-000001 placed: 120.00 EUR",
    ]
    assert timeline(staff, ana, "?kind=step.decided")[0]["body"] == "Fine"


def test_entries_of_a_case_wait_until_its_customer_is_known(running, staff):
    customer = organization(staff)
    running.receive(of_case("workflow.started.v1"))
    running.receive(case_told("opened"))
    assert len(titles(staff, customer["id"])) == 1
    running.receive(case_told("linked", sequence=2, customer_id=customer["id"]))
    assert set(titles(staff, customer["id"])[:-1]) == {
        "Case C-000001 opened: My order never came",
        "Case C-000001 linked to this customer",
        "Workflow started: Complaint",
    }


def test_an_entry_after_the_link_finds_the_customer_by_its_case(running, staff):
    company, ana = organization(staff), individual(staff)
    running.receive(case_told("linked", customer_id=company["id"], contact_id=ana["id"]))
    running.receive(of_case("workflow.started.v1"))
    for customer in (company, ana):
        assert "Workflow started: Complaint" in titles(staff, customer["id"])


def test_a_case_that_moves_to_another_customer_takes_its_story_along(running, staff):
    wrong, right = organization(staff), organization(staff)
    running.receive(case_told("opened", customer_id=wrong["id"]))
    running.receive(of_case("workflow.started.v1", customer_id=wrong["id"]))
    running.receive(case_told("linked", sequence=2, customer_id=right["id"]))
    assert "Workflow started: Complaint" in titles(staff, right["id"])
    assert len(titles(staff, wrong["id"])) == 1


def test_an_email_about_an_order_waits_for_the_order(running, staff):
    customer = individual(staff)
    running.receive(envelope("email.sent.v1", {**EMAIL, "case_id": None, "order_id": "ord_1"}))
    running.receive(order_told("confirmed", customer["id"]))
    assert "E-mail sent: We got it" in titles(staff, customer["id"])


def test_an_email_about_no_customer_is_left_out(running, staff):
    running.receive(envelope("email.sent.v1", {**EMAIL, "case_id": None}))
    assert count_entries(running) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_version_of_a_case_decides_whether_it_is_open(running, staff, order):
    customer = organization(staff)
    events = [
        case_told("opened", sequence=1),
        case_told("linked", sequence=2, customer_id=customer["id"]),
        case_told("closed", sequence=3, customer_id=customer["id"], is_open=False, status="closed"),
    ]
    for position in order:
        running.receive(events[position])
    assert staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"] == 0
    assert len(titles(staff, customer["id"])) == 4


def test_an_open_case_counts_for_the_contact_as_well(running, staff):
    company, ana = organization(staff), individual(staff)
    running.receive(case_told("linked", customer_id=company["id"], contact_id=ana["id"]))
    for customer in (company, ana):
        assert staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"] == 1


def test_open_cases_are_counted_for_the_customer_they_belong_to(running, staff):
    first, second = organization(staff), organization(staff)
    running.receive(case_told("opened", customer_id=first["id"]))
    running.receive(case_told("opened", id="cas_2", number="C-000002", customer_id=first["id"]))
    facts = lambda customer: staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"]
    assert (facts(first), facts(second)) == (2, 0)
    running.receive(case_told("linked", sequence=2, customer_id=second["id"]))
    assert (facts(first), facts(second)) == (1, 1)
    running.receive(case_told("closed", sequence=3, customer_id=second["id"], is_open=False))
    assert (facts(first), facts(second)) == (1, 0)


@pytest.mark.proves("F106")
@pytest.mark.parametrize("newest_last", [True, False])
def test_the_header_figures_are_those_of_the_newest_balance(running, staff, newest_last):
    customer = organization(staff)
    events = [
        make.balance_changed(customer["id"], sequence=1),
        make.balance_changed(customer["id"], sequence=2, total="300.00", open_="0.00", orders=2),
    ]
    for event in events if newest_last else reversed(events):
        running.receive(event)
    shown = staff.get(f"/customers/{customer['id']}").get_json()
    assert shown["facts"]["total_value"] == {"amount": "300.00", "currency": "EUR"}
    assert shown["facts"]["open_balance"] == {"amount": "0.00", "currency": "EUR"}
    assert shown["facts"]["orders"] == 2
    assert shown["facts"]["last_order_at"] == "2026-11-01T10:00:00.000Z"
    assert shown["customer_since"] == shown["created_at"][:10]


def test_two_currencies_show_the_one_most_used_and_count_all_orders(running, staff):
    customer = organization(staff)
    running.receive(make.balance_changed(customer["id"], currency="USD", orders=1))
    running.receive(make.balance_changed(customer["id"], currency="EUR", orders=3, total="9.00"))
    facts = staff.get(f"/customers/{customer['id']}").get_json()["facts"]
    assert facts["total_value"] == {"amount": "9.00", "currency": "EUR"}
    assert facts["orders"] == 4


def test_a_new_customer_has_empty_figures(staff):
    facts = organization(staff)["facts"]
    assert facts == {
        "total_value": None,
        "open_balance": None,
        "orders": 0,
        "open_cases": 0,
        "last_order_at": None,
        "last_interaction_at": None,
    }


def test_the_last_interaction_is_the_latest_wherever_it_came_from(running, staff):
    customer = organization(staff)
    running.receive(order_told("placed", customer["id"], more={"time": "2026-11-03T10:00:00Z"}))
    running.receive(case_told("opened", customer_id=customer["id"], more={"time": "2026-11-02T10:00:00Z"}))
    running.receive(of_case("workflow.started.v1", more={"time": "2026-11-09T10:00:00Z"}))
    facts = staff.get(f"/customers/{customer['id']}").get_json()["facts"]
    assert facts["last_interaction_at"] == "2026-11-03T10:00:00.000Z"


def test_the_newest_name_of_a_user_is_shown(running, staff):
    customer = organization(staff)
    running.receive(make.user_told(name="Ines Silva", sequence=2, what="updated"))
    running.receive(make.user_told(name="Ines Duarte", sequence=1))
    running.receive(
        of_case("step.decided.v1", customer_id=customer["id"], outcome="reject", note=None, decided_by="usr_ines")
    )
    assert titles(staff, customer["id"])[0] == "Rejected: Approve refund, by Ines Silva"


def test_an_internal_remark_is_no_interaction(running, staff):
    customer = organization(staff)
    running.receive(of_case("message.added.v1", **{**MESSAGE, "is_internal": True}, more={}))
    running.receive(case_told("linked", customer_id=customer["id"]))
    assert "Internal remark on case C-000001" in titles(staff, customer["id"])
    assert staff.get(f"/customers/{customer['id']}").get_json()["facts"]["last_interaction_at"] is None


def test_entries_of_one_instant_are_ordered_by_their_events(running, staff):
    customer = organization(staff)
    same = {"time": "2030-01-01T00:00:00Z"}
    first, second = (
        of_case(
            "workflow.started.v1",
            customer_id=customer["id"],
            more={**same, "id": "01a2030c-0000-7000-8000-000000000001"},
        ),
        of_case(
            "step.activated.v1",
            **STEP,
            customer_id=customer["id"],
            more={**same, "id": "01a2030c-0000-7000-8000-000000000002"},
        ),
    )
    running.receive(second)
    running.receive(first)
    assert titles(staff, customer["id"])[:2] == ["Approval: Approve refund", "Workflow started: Complaint"]
