"""My work: what waits for me, claimed and decided in place."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _workflow(system):
    system.add_workflow()


def card(page, subject):
    """The article about the case of this subject."""
    found = [one for one in page.with_class("work", "article") if subject in "".join(one.itertext())]
    return found[0] if found else None


def test_nothing_waits_at_first(console_page):
    page = console_page("/").follow("My work")
    assert page.texts(".//main//h2") == ["Nothing waits for you"]
    assert page.follow("Decided by me").texts(".//main//h2") == ["Nothing decided yet"]


def test_my_work_lists_what_waits_and_deciding_there_takes_it_off(console_page, system):
    case = system.add_case("Second van", type="complaint")
    page = console_page("/work")
    assert "1 item" in page.text
    assert page.texts(".//nav[@aria-label='Main']/a[@href='/work']") == ["My work1"]
    page = page.press("Done · Intake")
    assert "Intake: done." in page.text
    page = page.press("Reject · Approve credit")
    assert page.status == 422
    assert "Say why you reject: people will ask." in page.errors.values()
    page = page.press("Approve · Approve credit")
    assert "Approve credit: approve." in page.text
    assert card(page, "Second van") is None
    assert system.api.get(f"/cases/{case['id']}")["run"]["status"] == "completed"
    done = page.follow("Decided by me")
    assert card(done, "Second van") is not None
    assert "Approve · today" in done.text


def test_what_a_colleague_claimed_waits_for_me_no_longer(console_page, system):
    maria = system.stranger()
    maria.log_in(system.add_user("Maria Kowalska", ["manager"]))
    system.add_case("Claimed by Maria", type="complaint")
    assert card(console_page("/work"), "Claimed by Maria") is not None
    page = maria.get("/work").press("Take it · Intake")
    assert "«Intake» is yours now." in page.text
    assert "Yours" in page.texts(".//article//header/span[@class='st st-info']")
    assert card(console_page("/work"), "Claimed by Maria") is None


def test_htmx_gets_the_items_alone(console_page, system):
    system.add_case("For htmx", type="complaint")
    page = console_page("/work", fragment="_work")
    assert page.html.lstrip().startswith('<div id="_work"')
    assert card(page, "For htmx") is not None, "with the cards of this page, not the rows of a plain list"


def test_without_the_right_to_decide_there_is_no_button(console_page):
    page = console_page("/work", permissions={"cases:read"})
    assert not [name for name in page.buttons if name.startswith(("Done", "Approve", "Reject"))]
    assert console_page("/work", permissions={"orders:read"}).heading == "You may not see work"
