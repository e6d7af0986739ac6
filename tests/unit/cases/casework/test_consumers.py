"""Events of other services that change cases."""

import pytest

from servicekit.errors import NotYet
from tests.unit.cases.conftest import CasesHarness, task


@pytest.mark.proves("F072")
def test_who_submitted_is_linked_to_the_case_once(cases: CasesHarness) -> None:
    cases.publish_workflow("contact", task("answer"))
    cases.create_form(workflow="contact")
    receipt = cases.submit_form()
    customer_id = cases.receive_customer("Acme")
    submitter = {
        "submission_id": receipt["submission_id"],
        "case_id": receipt["case_id"],
        "customer_id": customer_id,
        "person_id": "cus_vera",
        "organization_id": customer_id,
        "was_created": True,
    }

    body = cases.receive("submitter.identified.v1", submitter)
    cases.running.receive(body)
    cases.receive("submitter.identified.v1", submitter)

    case = cases.get_case(receipt["case_id"])
    assert (case["customer_id"], case["customer_name"], case["contact_id"]) == (customer_id, "Acme", "cus_vera")
    assert len(cases.recorded("case.linked")) == 1
    assert cases.list_items(customer_id=customer_id)[0]["case"]["customer_name"] == "Acme"


def test_a_case_that_is_not_here_yet_is_asked_for_again_later(cases: CasesHarness) -> None:
    with pytest.raises(NotYet):
        cases.receive("submitter.identified.v1", {"case_id": "cas_x", "customer_id": "cus_x", "person_id": "cus_x"})


def test_a_case_that_staff_have_linked_stays_with_that_customer(cases: CasesHarness) -> None:
    cases.create_form()
    case_id = cases.submit_form()["case_id"]
    chosen = cases.receive_customer("Chosen")
    cases.admin.patch(f"/cases/{case_id}", {"customer_id": chosen})

    cases.receive("submitter.identified.v1", {"case_id": case_id, "customer_id": "cus_x", "person_id": "cus_y"})

    assert cases.get_case(case_id)["customer_id"] == chosen
    assert len(cases.recorded("case.linked")) == 1


def test_whom_the_customers_service_identifies_is_nobodys_choice_and_not_checked(cases: CasesHarness) -> None:
    cases.create_form()
    case_id = cases.submit_form()["case_id"]
    hidden = cases.receive_customer("Hidden", owner_id="usr_sue")

    cases.receive("submitter.identified.v1", {"case_id": case_id, "customer_id": hidden, "person_id": "cus_new"})

    assert (cases.get_case(case_id)["customer_id"], cases.get_case(case_id)["contact_id"]) == (hidden, "cus_new")
