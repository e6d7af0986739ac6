"""Titles are made of kind and data, and say of every kind what the stored sentences of before said."""

import pytest

from customers.activities.rules import ActivityKind
from customers.projections.models import UserProjection
from customers.timeline.models import TimelineEntry
from customers.timeline.titles import KINDS_WITH_ACTOR, TITLES, title

TOTAL = {"amount": "120.00", "currency": "EUR"}
RUN = {"run_id": "run_1", "outcome": None, "workflow_name": "Complaint"}
STEP = {"step_id": "stp_1", "work_item_id": "wki_1", "step_name": "Approve refund"}
# kind, number of the subject, data, and the sentence that was stored before
SENTENCES = [
    ("customer.created", "CU-000001", {}, "Customer CU-000001 was added"),
    ("customer.updated", "CU-000001", {"changes": [{"field": "name"}]}, "Changed name"),
    ("customer.updated", "CU-000001", {"changes": [{"field": "name"}, {"field": "customer_since"}, {"field": "city"}]}, "Changed name, customer since and city"),
    ("customer.archived", "CU-000001", {}, "Archived"),
    ("customer.restored", "CU-000001", {}, "Restored from the archive"),
    ("customer.blocked", "CU-000001", {}, "Blocked"),
    ("customer.unblocked", "CU-000001", {}, "Unblocked"),
    ("contact.added", None, {"name": "Rui Costa"}, "New contact: Rui Costa"),
    ("contact.primary", None, {"name": "Rui Costa"}, "Primary contact is now Rui Costa"),
    ("contact.removed", None, {"name": "Rui Costa"}, "No longer a contact: Rui Costa"),
    ("note", None, {}, "Note"),
    ("activity", None, {"kind": "call", "title": "Renewal", "outcome": "positive"}, "Call: Renewal"),
    ("activity", None, {"kind": "email", "title": "Renewal", "outcome": None}, "E-mail: Renewal"),
    ("activity", None, {"kind": "meeting", "title": "Renewal"}, "Meeting: Renewal"),
    ("activity", None, {"kind": "note", "title": "Renewal"}, "Note: Renewal"),
    ("activity", None, {"kind": "task", "title": "Renewal"}, "Task: Renewal"),
    ("form.submitted", "C-000001", {"form_key": "contact", "form_name": "Contact us"}, "Sent the form Contact us"),
    ("case.opened", "C-000001", {"subject": "My {order} never came"}, "Case C-000001 opened: My {order} never came"),
    ("case.linked", "C-000001", {"status": "new"}, "Case C-000001 linked to this customer"),
    ("case.assigned", "C-000001", {"owner_name": "Ines Duarte"}, "Case C-000001 assigned to Ines Duarte"),
    ("case.assigned", "C-000001", {"owner_name": None}, "Case C-000001 assigned"),
    ("case.transitioned", "C-000001", {"status": "working", "previous_status": "new"}, "Case C-000001 moved from new to working"),
    ("case.transitioned", "C-000001", {"status": "working", "previous_status": None}, "Case C-000001 is working"),
    ("case.closed", "C-000001", {"status": "closed"}, "Case C-000001 closed"),
    ("case.reopened", "C-000001", {"status": "working"}, "Case C-000001 reopened"),
    ("case.remarked", "C-000001", {"direction": "out"}, "Internal remark on case C-000001"),
    ("workflow.started", "C-000001", RUN, "Workflow started: Complaint"),
    ("workflow.completed", "C-000001", {**RUN, "outcome": "approve"}, "Workflow completed: Complaint"),
    ("workflow.cancelled", "C-000001", RUN, "Workflow cancelled: Complaint"),
    ("workflow.failed", "C-000001", {**RUN, "reason": "No step"}, "Workflow failed: Complaint (No step)"),
    ("workflow.failed", "C-000001", {**RUN, "reason": None}, "Workflow failed: Complaint"),
    ("step.activated", "C-000001", {**STEP, "step_kind": "approval", "people": ["Ana"]}, "Approval for Ana: Approve refund"),
    ("step.activated", "C-000001", {**STEP, "step_kind": "approval", "people": ["Ana", "Rui"]}, "Approval for Ana and Rui: Approve refund"),
    ("step.activated", "C-000001", {**STEP, "step_kind": "approval", "people": []}, "Approval: Approve refund"),
    ("step.activated", "C-000001", {**STEP, "step_kind": "task", "people": ["Ana", "Rui", "Eva", "Leo"]}, "Task for Ana, Rui and 2 more: Approve refund"),
    ("step.activated", "C-000001", {**STEP, "step_kind": "task", "people": []}, "Task: Approve refund"),
    ("step.escalated", "C-000001", {**STEP, "level": 2, "people": ["Ana"]}, "Escalated (level 2) to Ana: Approve refund"),
    ("step.escalated", "C-000001", {**STEP, "level": 1, "people": []}, "Escalated (level 1): Approve refund"),
    *[
        ("step.decided", "C-000001", {**STEP, "outcome": outcome}, f"{shown}: Approve refund")
        for outcome, shown in [
            ("approve", "Approved"), ("approved", "Approved"), ("reject", "Rejected"), ("rejected", "Rejected"),
            ("return", "Returned"), ("done", "Done"), ("needs_more_info", "Needs more info"),
        ]
    ],
    ("message.added", "C-000001", {"direction": "in"}, "Message from the customer on case C-000001"),
    ("message.added", "C-000001", {"direction": "out"}, "Reply sent on case C-000001"),
    ("email.sent", None, {"template": "reply", "subject": "We got it"}, "E-mail sent: We got it"),
    ("email.failed", None, {"template": "reply", "subject": "We got it"}, "E-mail could not be sent: We got it"),
    ("order.placed", "O-000001", {"total": TOTAL}, "Order O-000001 placed: 120.00 EUR"),
    ("order.confirmed", "O-000001", {"total": TOTAL}, "Order O-000001 confirmed: 120.00 EUR"),
    ("order.fulfilled", "O-000001", {"total": TOTAL}, "Order O-000001 fulfilled: 120.00 EUR"),
    ("order.cancelled", "O-000001", {"total": TOTAL}, "Order O-000001 cancelled: 120.00 EUR"),
    ("payment.received", None, {"amount": TOTAL}, "Payment received: 120.00 EUR"),
]  # fmt: skip
# the kinds whose rows carried names_actor before
NAMED = {
    "customer.updated", "customer.archived", "customer.restored", "customer.blocked", "customer.unblocked",
    "contact.added", "contact.primary", "contact.removed", "note", "case.transitioned", "case.closed", "case.reopened",
    "case.remarked", "step.decided", "message.added",
}  # fmt: skip


def entry(kind, number=None, data=None, *, actor=None, **fields):
    return TimelineEntry(
        kind=kind,
        subject_number=number,
        data=data or {},
        actor=UserProjection(id="usr_1", name=actor) if actor else None,
        **fields,
    )


@pytest.mark.parametrize(("kind", "number", "data", "sentence"), SENTENCES)
def test_the_title_of_every_kind_is_the_sentence_of_before(kind, number, data, sentence):
    assert title(entry(kind, number, data)) == sentence
    named = f"{sentence}, by Ines Duarte" if kind in NAMED else sentence
    assert title(entry(kind, number, data, actor="Ines Duarte")) == named


def test_no_kind_is_left_out_here():
    assert {kind for kind, *_ in SENTENCES} == set(TITLES)
    assert set(KINDS_WITH_ACTOR) == NAMED
    assert {data["kind"] for kind, _, data, _ in SENTENCES if kind == "activity"} == set(ActivityKind)


def test_a_stored_title_is_shown_as_it_is_with_the_name_of_who_did_it():
    old = entry("case.closed", "C-000001", {}, stored_title="Fall {number} geschlossen", actor="Ines Duarte")
    assert title(old) == "Fall {number} geschlossen, by Ines Duarte"
    assert title(entry("case.opened", "C-000001", {}, stored_title="Old")) == "Old"


def test_a_long_title_is_cut_before_the_name_of_who_did_it():
    shown = title(entry("contact.added", None, {"name": "x" * 600}, actor="Ines"))
    assert shown == f"New contact: {'x' * 486}…, by Ines"


def test_a_kind_that_this_code_does_not_know_is_shown_by_its_name():
    assert title(entry("meeting.booked")) == "meeting.booked"
