"""Moving a case to another status."""

import pytest


@pytest.fixture
def case(system):
    return system.add_case("Old address", priority="high")


def test_a_case_is_resolved_with_an_outcome_and_a_note(console_page, system, case):
    page = console_page(f"/cases/{case['id']}").follow("Resolve …")
    assert page.heading == f"Resolve {case['number']}?"
    page = page.press("Resolve", outcome="explained", note="By phone.")
    assert f"{case['number']} is resolved." in page.text
    assert "«By phone.»" in page.follow("History").text


def test_a_case_that_changed_meanwhile_is_not_moved_and_the_note_is_kept(console_page, system, case):
    page = console_page(f"/cases/{case['id']}").follow("Resolve …")
    system.api.act(f"/cases/{case['id']}", "transition", {"status": "waiting"})
    page = page.press("Resolve", note="Sent again.")
    assert page.status == 412
    assert "Somebody changed this case meanwhile. It is waiting now." in page.text
    assert page.values["note"] == "Sent again."
    assert "is resolved" in page.press("Resolve").text


def test_a_closed_case_is_reopened_rather_than_worked_on(console_page, system, case):
    system.api.act(f"/cases/{case['id']}", "transition", {"status": "resolved", "outcome": "explained"})
    system.api.act(f"/cases/{case['id']}", "transition", {"status": "closed"})
    page = console_page(f"/cases/{case['id']}").follow("Reopen …")
    assert page.heading == f"Reopen {case['number']}?"
    assert "is working" in page.press("Reopen").text


def test_a_move_that_is_not_possible_is_refused_in_words(console_page, case):
    page = console_page(f"/cases/{case['id']}/move?to=nonsense")
    page = page.press("Move")
    assert page.status >= 400
    assert page.all(".//*[@id='problems']")
