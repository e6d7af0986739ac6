"""Puts the demo data away: what was loaded is closed, cancelled, archived or locked out."""

from collections.abc import Callable

from ops.api import Api, Document, Refused
from ops.demo.manifest import DemoManifest

CONFLICT = 409


def remove(api: Api, manifest: DemoManifest, *, progress: Callable[[str], None]) -> None:
    """Put away what was loaded: cases are closed, orders cancelled, customers archived, people locked out.

    Nothing is erased: a firm's books and its story stay readable.
    """
    cases = [id_ for start in ("case ", "submission ") for _, id_ in manifest.named(start)]
    customers = {id_ for _, id_ in manifest.named("customer ")}
    for case_id in cases:
        case = api.get(f"/cases/{case_id}")
        customers |= {case["customer_id"] or ""}
        if case["run"] and case["run"]["status"] == "running":
            _unless_done(api, f"/workflow-runs/{case['run']['id']}", "cancel", {"reason": "End of the demo."})
        _unless_done(api, f"/cases/{case_id}", "transition", {"status": "closed", "note": "End of the demo."})
    progress(f"{len(cases)} cases closed")
    for _, order_id in manifest.named("order "):
        _unless_done(api, f"/orders/{order_id}", "cancel", {"reason": "End of the demo."})
    progress("orders cancelled")
    for _, organization_id in manifest.named("customer company-"):
        customers |= {contact["person_id"] for contact in api.get(f"/customers/{organization_id}/contacts")["data"]}
    for customer_id in customers - {""}:
        _unless_done(api, f"/customers/{customer_id}", "archive")
    progress(f"{len(customers)} customers archived")
    for _, user_id in manifest.named("user "):
        _unless_done(api, f"/users/{user_id}", "disable")
    progress("users disabled")
    manifest.mark_removed()


def _unless_done(api: Api, path: str, action: str, body: Document | None = None) -> None:
    """What is closed, fulfilled or archived already says so with a conflict, and may stay as it is."""
    try:
        api.act(path, action, body)
    except Refused as refusal:
        if refusal.status != CONFLICT:
            raise
