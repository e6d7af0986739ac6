"""Every event that this service consumes: twice is once, and any order ends in the same timeline."""

import itertools

import pytest
from sqlalchemy import func, select

from customers.timeline.models import TimelineEntry
from servicekit.testing.harness import envelope
from tests.unit.customers.events import (
    EMAIL,
    MESSAGE,
    STEP,
    balance_changed,
    case_event,
    event_of_case,
    form_submitted,
    order_event,
    user_event,
)


def entry_events(customer_id):
    """One of each kind, valid as their publishers send them."""
    decided = {"outcome": "approve", "note": "Fine", "decided_by": "usr_ines"}
    return {
        "form.submitted.v1": form_submitted(name="Ana Reis", email="ana@mail.example", organization_name="Reis Lda"),
        **{
            f"case.{what}.v1": case_event(what, customer_id=customer_id)
            for what in ("opened", "linked", "assigned", "transitioned", "closed", "reopened")
        },
        **{
            f"workflow.{what}.v1": event_of_case(f"workflow.{what}.v1", outcome="done", reason="No time")
            for what in ("started", "completed", "failed", "cancelled")
        },
        "step.activated.v1": event_of_case("step.activated.v1", **STEP),
        "step.escalated.v1": event_of_case("step.escalated.v1", **STEP, level=1, to_user_ids=["usr_boss"]),
        "step.decided.v1": event_of_case("step.decided.v1", **decided),
        "message.added.v1": event_of_case("message.added.v1", **MESSAGE),
        "email.sent.v1": envelope("email.sent.v1", EMAIL),
        "email.failed.v1": envelope("email.failed.v1", {**EMAIL, "reason": "refused"}),
        **{
            f"order.{what}.v1": order_event(what, customer_id)
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
    "case.updated.v1": lambda customer_id: case_event("updated", customer_id=customer_id),
    "balance.changed.v1": balance_changed,
    "user.created.v1": lambda _: user_event(),
    "user.updated.v1": lambda _: user_event(what="updated"),
    "user.disabled.v1": lambda _: user_event(what="disabled"),
}


def count_entries(customers):
    with customers.running.service.database.read() as session:
        return session.scalar(select(func.count()).select_from(TimelineEntry))


def test_every_type_that_is_consumed_has_a_test_here(customers):
    assert set(customers.running.service.consumers.by_type) == {*entry_events("cus_1"), *QUIET}


@pytest.mark.parametrize("event_type", [*entry_events("cus_1")])
def test_the_same_event_twice_is_one_entry(customers, event_type):
    customer = customers.individual()
    event = entry_events(customer["id"])[event_type]
    customers.deliver(event)
    once, published = count_entries(customers), len(customers.recorded())
    customers.deliver(event)
    assert count_entries(customers) == once
    assert len(customers.recorded()) == published


@pytest.mark.parametrize("event_type", [*QUIET])
def test_events_that_only_change_figures_or_names_make_no_entry(customers, event_type):
    customer = customers.individual()
    event = QUIET[event_type](customer["id"])
    before = count_entries(customers)
    customers.deliver(event)
    customers.deliver(event)
    assert count_entries(customers) == before


@pytest.mark.proves("F075")
def test_everything_that_follows_a_form_is_on_the_timeline_in_its_order(customers):
    customers.deliver(user_event())
    customers.deliver(user_event("usr_boss", "Rui Boss"))
    customers.deliver(form_submitted(name="Ana Reis", email="ana@mail.example", more={"time": "2026-11-01T10:00:00Z"}))
    ana = customers.staff.get("/customers?q=ana").get_json()["data"][0]["id"]
    at = (f"2026-11-01T10:{minute:02}:00Z" for minute in itertools.count(1))
    events = [
        case_event("opened", more={"time": next(at)}),
        case_event("linked", sequence=2, customer_id=ana, more={"time": next(at)}),
        event_of_case("workflow.started.v1", more={"time": next(at)}),
        event_of_case("step.activated.v1", **STEP, more={"time": next(at)}),
        event_of_case("step.escalated.v1", **STEP, level=1, to_user_ids=["usr_boss"], more={"time": next(at)}),
        event_of_case(
            "step.decided.v1", outcome="approve", note="Fine", decided_by="usr_ines", more={"time": next(at)}
        ),
        event_of_case(
            "message.added.v1", **{**MESSAGE, "direction": "out", "author_id": "usr_ines"}, more={"time": next(at)}
        ),
        envelope("email.sent.v1", EMAIL, time=next(at)),
        event_of_case("workflow.completed.v1", outcome="approve", more={"time": next(at)}),
        case_event(
            "transitioned",
            sequence=3,
            customer_id=ana,
            status="closed",
            previous_status="working",
            is_open=False,
            more={"time": next(at)},
        ),
        case_event("closed", sequence=4, customer_id=ana, status="closed", is_open=False, more={"time": next(at)}),
        order_event("placed", ana, more={"time": next(at)}),
    ]
    for event in reversed(events):
        customers.deliver(event)
    assert customers.titles(ana)[::-1] == [
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
    assert customers.timeline(ana, "?kind=step.decided")[0]["body"] == "Fine"


def test_entries_of_a_case_wait_until_its_customer_is_known(customers):
    customer = customers.organization()
    customers.deliver(event_of_case("workflow.started.v1"))
    customers.deliver(case_event("opened"))
    assert len(customers.titles(customer["id"])) == 1
    customers.deliver(case_event("linked", sequence=2, customer_id=customer["id"]))
    assert set(customers.titles(customer["id"])[:-1]) == {
        "Case C-000001 opened: My order never came",
        "Case C-000001 linked to this customer",
        "Workflow started: Complaint",
    }


def test_an_entry_after_the_link_finds_the_customer_by_its_case(customers):
    company, ana = customers.organization(), customers.individual()
    customers.deliver(case_event("linked", customer_id=company["id"], contact_id=ana["id"]))
    customers.deliver(event_of_case("workflow.started.v1"))
    for customer in (company, ana):
        assert "Workflow started: Complaint" in customers.titles(customer["id"])


def test_a_case_that_moves_to_another_customer_takes_its_entries_along(customers):
    wrong, right = customers.organization(), customers.organization()
    customers.deliver(case_event("opened", customer_id=wrong["id"]))
    customers.deliver(event_of_case("workflow.started.v1", customer_id=wrong["id"]))
    customers.deliver(case_event("linked", sequence=2, customer_id=right["id"]))
    assert "Workflow started: Complaint" in customers.titles(right["id"])
    assert len(customers.titles(wrong["id"])) == 1


def test_an_email_about_an_order_waits_for_the_order(customers):
    customer = customers.individual()
    customers.deliver(envelope("email.sent.v1", {**EMAIL, "case_id": None, "order_id": "ord_1"}))
    customers.deliver(order_event("confirmed", customer["id"]))
    assert "E-mail sent: We got it" in customers.titles(customer["id"])


def test_an_email_about_no_customer_is_left_out(customers):
    customers.deliver(envelope("email.sent.v1", {**EMAIL, "case_id": None}))
    assert count_entries(customers) == 0
