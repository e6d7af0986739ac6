"""A mail server that refuses, dawdles, hangs up or sees us die: mail waits and says so, and none is repeated by itself."""

import time

from ops.waiting import wait_for
from tests.faults.conftest import Patient


def test_mail_that_is_refused_stays_queued_says_so_and_arrives_once_later(patient: Patient) -> None:
    trial, office, company = patient.trial("16 mail refused"), patient.office, patient.company
    office.answer = "451 Try again later"
    address = company.answers("Olga")["email"]
    try:
        number = company.submit(company.answers("Olga"))["case_number"]

        def waiting() -> list[dict]:
            found = company.admin.get("/emails", limit="200")["data"]
            return [one for one in found if one["to"] == address and one["last_error"]]

        mail = wait_for(waiting, "the mail was tried")[0]
        trial.faults["refused"] += office.refused
        assert mail["state"] in {"queued", "sending"}
        assert "451" in mail["last_error"]
        assert mail["next_try_at"] > mail["created_at"]
        assert office.to(address) == []
    finally:
        office.answer = "250 OK"
    wait_for(lambda: office.to(address), "the mail arrives")
    assert [number in letter["subject"] for letter in office.to(address)] == [True]
    trial.judge()


def test_a_slow_mail_server_delays_nothing_but_mail(patient: Patient) -> None:
    trial, office = patient.trial("16 mail server dawdles"), patient.office
    office.seconds = 3
    try:
        with trial.under_load(per_second=6) as load:
            wait_for(lambda: load.done("submit"), "a form was submitted")
            case = patient.company.linked_case(load.done("submit")[0].answer["case_id"])
            asked = "SELECT count(*) AS times FROM notifications WHERE subject_number = :number"
            began = time.monotonic()
            wait_for(
                lambda: trial.stack.sql("notifications", asked, number=case["number"])[0].times,
                "the bell rings",
            )
            trial.figures["bell_seconds"] = round(time.monotonic() - began, 2)
            time.sleep(trial.seconds)
    finally:
        office.seconds = 0.0
    trial.faults["slow letters"] += 1
    trial.judge()


def test_a_mail_server_that_hangs_up_before_its_answer_leaves_mail_in_doubt_and_not_doubled(patient: Patient) -> None:
    trial, office = patient.trial("16 mail server hangs up"), patient.office
    with trial.under_load(per_second=6) as load:
        office.hangs_up = True
        wait_for(lambda: len(load.done("submit")) > 3, "some forms were submitted")
        time.sleep(trial.seconds / 2)
        office.hangs_up = False
    trial.faults["hung up"] += 1
    assert trial.judge().in_doubt > 0


def test_a_sender_killed_while_the_server_takes_the_letter_leaves_it_in_doubt_and_not_doubled(patient: Patient) -> None:
    trial, office, stack = patient.trial("16 sender killed at the letter"), patient.office, patient.stack

    def die() -> None:
        office.on_letter = lambda: None
        stack.kill("notifications-worker")

    with trial.under_load(per_second=6):
        office.on_letter = die
        wait_for(lambda: "notifications-worker" not in stack.processes, "the sender dies")
        trial.faults["kill notifications-worker"] += 1
        stack.start("notifications-worker")
        time.sleep(trial.seconds / 2)
    assert trial.judge().in_doubt > 0
