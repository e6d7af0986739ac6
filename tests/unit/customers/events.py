"""Events of other services, valid by default."""

from typing import Any

from servicekit.testing.harness import envelope

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


def form_submitted(*, case_id="cas_1", submission_id="sub_1", more=None, **personal: Any):
    return envelope(
        "form.submitted.v1",
        {
            "submission_id": submission_id,
            "form_key": "contact",
            "form_name": "Contact us",
            "case_id": case_id,
            "case_number": "C-000001",
            "case_subject": "My order never came",
            "autoresponder": None,
            "personal": personal,
        },
        subject=submission_id,
        **(more or {}),
    )


def case_event(what, *, sequence=1, more=None, **fields: Any):
    return envelope(
        f"case.{what}.v1",
        {
            "id": "cas_1",
            "number": "C-000001",
            "subject": "My order never came",
            "type": "general",
            "origin": "web",
            "priority": "normal",
            "status": "new",
            "customer_id": None,
            "contact_id": None,
            "owner_id": None,
            "team_id": None,
            "is_open": True,
            "opened_at": "2026-11-01T10:00:00Z",
            "closed_at": None,
            "changed": [],
            "previous_status": None,
            "submission_id": None,
            **fields,
        },
        sequence=sequence,
        **(more or {}),
    )


def event_of_case(event_type, *, more=None, **fields: Any):
    """An event about something that belongs to case cas_1."""
    known = {
        "case_id": "cas_1",
        "case_number": "C-000001",
        "customer_id": None,
        "run_id": "run_1",
        "workflow_key": "complaint",
        "workflow_name": "Complaint",
        "version": 1,
        "step_id": "stp_1",
        "step_key": "approve",
        "step_name": "Approve refund",
        "step_kind": "approval",
        "work_item_id": "wki_1",
    }
    return envelope(event_type, {**known, **fields}, **{"subject": "run_1", **(more or {})})


def order_event(what, customer_id, *, sequence=1, more=None, **fields: Any):
    money = {"amount": "120.00", "currency": "EUR"}
    return envelope(
        f"order.{what}.v1",
        {
            "id": "ord_1",
            "number": "O-000001",
            "customer_id": customer_id,
            "status": what,
            "line_count": 1,
            "net": money,
            "tax": {"amount": "0.00", "currency": "EUR"},
            "total": money,
            "placed_at": "2026-11-01T10:00:00Z",
            "confirmed_at": None,
            **fields,
        },
        sequence=sequence,
        **(more or {}),
    )


def balance_changed(customer_id, *, sequence=1, total="120.00", open_="20.00", orders=1, currency="EUR"):
    return envelope(
        "balance.changed.v1",
        {
            "customer_id": customer_id,
            "total_value": {"amount": total, "currency": currency},
            "open_balance": {"amount": open_, "currency": currency},
            "orders": orders,
            "last_order_at": "2026-11-01T10:00:00Z",
        },
        subject=f"bal_{currency}",
        sequence=sequence,
    )


def user_event(user_id="usr_ines", name="Ines Duarte", *, sequence=1, what="created"):
    return envelope(
        f"user.{what}.v1",
        {
            "id": user_id,
            "is_active": True,
            "roles": ["agent"],
            "team_ids": [],
            "manager_id": None,
            "personal": {"name": name, "email": "ines@crm.example", "language": "en"},
        },
        sequence=sequence,
    )
