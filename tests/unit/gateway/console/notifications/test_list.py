"""Notifications: the list, opening one, marking as read."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _workflow(system):
    system.add_workflow()


@pytest.fixture
def case(system):
    return system.add_case("The bell rings", type="complaint")


def unread(page):
    return page.with_class("new", "div")


@pytest.mark.proves("F174")
def test_opening_a_notification_reads_it_and_leads_to_its_case(console_page, case):
    page = console_page("/notifications?view=unread")
    before = len(unread(page))
    assert before
    assert page.title.startswith(f"({before}) Notifications")
    assert f"{before} unread" in page.text
    newest = page.all(".//section[@id='_list']//a")[0]
    opened = console_page(newest.get("href"))
    assert opened.path == f"/cases/{case['id']}"
    assert len(unread(console_page("/notifications?view=unread"))) == before - 1


def test_looking_at_the_list_reads_nothing(console_page, case):
    before = len(unread(console_page("/notifications")))
    assert len(unread(console_page("/notifications"))) == before > 0


def test_one_is_marked_as_read_without_opening_it(console_page, case):
    page = console_page("/notifications")
    before = len(unread(page))
    button = next(name for name in page.buttons if name.startswith("Mark as read: "))
    assert len(unread(page.press(button))) == before - 1


def test_all_are_marked_as_read(console_page, case):
    page = console_page("/notifications").press("Mark all as read")
    assert "All are read." in page.text
    assert not unread(page)
    assert "Mark all as read" not in page.buttons
    assert page.title.startswith("Notifications")
    assert "You have read everything" in page.follow("Unread").texts(".//h2")


def test_somebody_new_has_none(console_page):
    page = console_page("/notifications", permissions={"customers:read"})
    assert page.texts(".//main//h2") == ["No notifications yet"]
    assert page.texts(".//nav[@aria-label='Which notifications']/a[@aria-current='page']") == ["All"]


def test_htmx_gets_the_list_alone(console_page, case):
    assert console_page("/notifications", fragment="_list").html.lstrip().startswith("<section")
