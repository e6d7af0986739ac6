"""What can be read of what a visitor typed."""

from customers.intake.rules import Submitter, remark_on_matches


def test_a_submitter_is_read_as_far_as_it_can_be():
    one = Submitter(submission_id="s", case_id="c", form_key="f", email="nope", phone="+351912345678", first_name="Ana")
    assert (one.readable_email, one.readable_phone, one.shown_name, one.organization) == (
        None,
        "+351912345678",
        "Ana",
        None,
    )


def test_one_match_deserves_no_remark():
    assert remark_on_matches(numbers=["CU-000001"]) is None
