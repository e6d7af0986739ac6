"""The main job runs end to end through the gateway, on the embedded defaults and on PostgreSQL and RabbitMQ alike."""

from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from ops.api import Api, Refused
from tests.e2e.journey import Company, kinds
from tests.stacks import Stack

PRODUCTS = [("BAT", "79.50", "0.19"), ("DOCK", "120.00", "0.19"), ("MANUAL", "9.99", "0.07")]
MILESTONES = (
    "form.submitted",
    "case.opened",
    "step.activated",
    "step.decided",
    "step.escalated",
    "order.placed",
    "order.confirmed",
    "case.closed",
)


@pytest.fixture(scope="module")
def company(stack: Stack) -> Company:
    company = Company(stack.api)
    for name, role in (("sam", "support"), ("fay", "finance"), ("max", "manager")):
        company.hire(name, role)
    company.set_up(approval_due="4s", remind_before="2s")
    return company


def order_three_lines(company: Company, customer_id: str) -> dict:
    for sku, price, tax in PRODUCTS:
        product = {"sku": f"{sku}-{company.mark}", "name": sku.title(), "type": "merchandise", "tax_rate": tax}
        company.admin.post("/products", {**product, "unit_price": {"amount": price, "currency": "EUR"}})
    lines = [
        {"sku": f"{sku}-{company.mark}", "quantity": quantity}
        for (sku, _, _), quantity in zip(PRODUCTS, ("40", "2", "3"), strict=True)
    ]
    order = company.admin.post("/orders", {"customer_id": customer_id, "currency": "EUR", "lines": lines})
    return company.admin.act(f"/orders/{order['id']}", "confirm")


@pytest.mark.proves(
    "F048", "F060", "F072", "F073", "F074", "F080", "F081", "F049", "F075", "F104", "F106", "F062", "F063"
)
def test_a_web_form_becomes_a_customer_a_case_decided_steps_an_order_and_one_timeline(
    stack: Stack, company: Company
) -> None:
    receipt = company.submit(company.answers("Katrin"))
    number = receipt["case_number"]
    assert number.startswith("C-")
    case = company.linked_case(receipt["case_id"])
    answers = {one["key"]: one["value"] for one in case["answers"]}
    assert (answers["device"], answers["bought_on"], answers["units"]) == ("scanner", "2026-09-02", 3)
    customer = company.admin.get(f"/customers/{case['customer_id']}")
    assert (customer["kind"], customer["name"]) == ("organization", f"Nordwind {company.mark} GmbH")
    contact = company.admin.get(f"/customers/{customer['id']}/contacts")["data"][0]
    assert (contact["name"], contact["is_primary"]) == ("Katrin Behrens", True)

    # The people responsible and the visitor are notified.
    sent = company.mails(company.emails["sam"], case_id=case["id"])
    assert number in sent[0]["subject"]
    text = company.admin.get(f"/emails/{sent[0]['id']}")
    assert number in text["text"]
    assert f"/cases/{number}" in text["text"]
    reply = company.mails(company.answers("Katrin")["email"])
    assert len(reply) == 1
    assert number in reply[0]["subject"]

    # The first step is claimed and done; the second one's people are notified, reminded and then somebody above them.
    task = company.work_item("sam", number)
    assert task["step"]["name"] == "Assess the fault"
    company.decide("sam", task, "done")
    company.mails(company.emails["fay"], 2, case_id=case["id"])  # notified and, two seconds before it is due, reminded
    company.mails(company.emails["max"], 1, case_id=case["id"])  # escalated
    approval = company.work_item("fay", number)
    assert (approval["step"]["kind"], approval["is_overdue"], approval["escalation_level"]) == ("approval", True, 1)
    company.decide("fay", approval, "approve", "The serial number is right.")
    company.wait_for(lambda: company.admin.get(f"/cases/{case['id']}")["status"] == "resolved", "the case is resolved")
    sent = company.mails(company.emails["fay"], 2, case_id=case["id"])
    assert sorted(kinds(sent)) == ["step_activated", "step_reminder"]
    assert len(company.mails(company.emails["max"], 1, case_id=case["id"])) == 1

    # An order with three lines.
    order = order_three_lines(company, customer["id"])
    assert [order[name]["amount"] for name in ("net", "tax", "total")] == ["3449.97", "651.90", "4101.87"]
    assert order["status"] == "confirmed"
    # The company was made by the form, and so was its primary contact, who gets the confirmation.
    assert any(order["number"] in one["subject"] for one in company.mails(company.answers("Katrin")["email"], 2))

    company.admin.act(
        f"/cases/{case['id']}", "transition", {"status": "closed", "outcome": "solved", "note": "All good."}
    )
    timeline = company.timeline(customer["id"], [*MILESTONES, "step.decided", "email.sent"])
    assert kinds(timeline).count("step.decided") == 2
    # What one commit publishes has one moment; the entries of one moment have no order among each other.
    moments = [min(entry["at"] for entry in timeline if entry["kind"] == kind) for kind in MILESTONES]
    assert moments == sorted(moments)

    def followed() -> dict:
        facts = company.admin.get(f"/customers/{customer['id']}")["facts"]
        done = (
            facts["open_cases"] == 0
            and facts["open_balance"]
            and Decimal(facts["open_balance"]["amount"]) == Decimal("4101.87")
        )
        return facts if done else {}

    facts = company.wait_for(followed, "the customer's figures have followed")
    assert facts["total_value"] == {"amount": "4101.87", "currency": "EUR"}
    overview = company.admin.get(f"/customers/{customer['id']}/overview")
    assert overview["complete"] is True
    assert overview["customer"]["data"]["id"] == customer["id"]
    assert overview["cases"]["data"]["data"][0]["number"] == number
    assert overview["orders"]["data"]["data"][0]["number"] == order["number"]
    assert overview["balance"]["data"]["open_balance"] == {"amount": "4101.87", "currency": "EUR"}


def test_an_html_form_post_is_redirected_to_the_return_page_with_the_number(company: Company) -> None:
    answer = company.submit_as_browser(company.answers("Jonas"))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://www.example.com/thanks?case=C-")


def test_the_same_person_again_is_matched_and_gets_a_second_case(company: Company) -> None:
    first = company.linked_case(company.submit(company.answers("Maria"))["case_id"])
    second = company.linked_case(
        company.submit(company.answers("Maria", email=company.answers("Maria")["email"].upper()))["case_id"]
    )
    assert first["customer_id"] == second["customer_id"]
    assert first["contact_id"] == second["contact_id"]
    assert first["number"] != second["number"]


def test_the_same_submission_sent_twice_is_one_case(company: Company) -> None:
    key = f"visitor-{company.mark}"
    assert company.submit(company.answers("Lena"), key) == company.submit(company.answers("Lena"), key)


def test_a_wrong_answer_is_named_and_nothing_is_stored(company: Company) -> None:
    before = company.admin.get("/cases", include_total="true")["total"]
    with pytest.raises(Refused, match="/answers/device") as refused:
        company.submit(company.answers("Ivo", device="toaster"))
    assert refused.value.status == 422
    assert company.admin.get("/cases", include_total="true")["total"] == before


def test_a_rejected_approval_goes_back_to_the_first_step(company: Company) -> None:
    case = company.linked_case(company.submit(company.answers("Rosa"))["case_id"])
    company.decide("sam", company.work_item("sam", case["number"]), "done")
    approval = company.work_item("fay", case["number"])
    with pytest.raises(Refused, match="note"):
        company.decide("fay", approval, "reject")
    company.decide("fay", approval, "reject", "The serial number is missing.")
    assert company.work_item("sam", case["number"])["step"]["key"] == "assess"


def test_a_work_item_is_decided_once_and_by_whom_it_was_asked_of(company: Company) -> None:
    case = company.linked_case(company.submit(company.answers("Tom"))["case_id"])
    task = company.work_item("sam", case["number"])
    with pytest.raises(Refused) as refused:
        company.staff["fay"].act(f"/work-items/{task['id']}", "decide", {"outcome": "done"})
    assert refused.value.status in {403, 404}
    company.decide("sam", task, "done")
    with pytest.raises(Refused, match="Sam") as late:
        company.staff["sam"].act(f"/work-items/{task['id']}", "decide", {"outcome": "done"})
    assert late.value.status == 409


def test_staff_mails_have_html_and_text_with_number_and_link(stack: Stack, company: Company) -> None:
    case = company.linked_case(company.submit(company.answers("Eva"))["case_id"])
    company.mails(company.emails["sam"], case_id=case["id"])
    if not stack.mail.exists() or not any(stack.mail.rglob("*.eml")):
        pytest.fail("no mail was written to the mail folder")
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in stack.mail.rglob("*.eml")]
    letter = next(
        one for one in letters if case["number"] in str(one["subject"]) and company.emails["sam"] in str(one["to"])
    )
    html, plain = letter.get_body(("html",)), letter.get_body(("plain",))
    assert html
    assert plain
    for part in (html.get_content(), plain.get_content()):
        assert case["number"] in part
        assert f"{stack.url}/cases/{case['number']}" in part


def test_nobody_without_a_login_reads_anything(stack: Stack) -> None:
    for path in ("/customers", "/cases", "/orders", "/emails", "/work-items", "/users", "/me"):
        with pytest.raises(Refused) as refused:
            Api(stack.url).get(path)
        assert refused.value.status == 401
