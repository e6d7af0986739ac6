"""What the console gains from JavaScript: typing that narrows, parts that are replaced in place, keys, popovers, focus.

What a page shows and what its forms do is tested in process: tests/unit/gateway/console.
"""

import re

import pytest

from tests.browser.conftest import SampleData, Visitor


def test_the_search_suggests_while_typing_and_opens_a_number_at_once(staff: Visitor, sample: SampleData) -> None:
    staff.go("/")
    staff.page.keyboard.press("/")
    staff.page.keyboard.type("nordwind", delay=15)
    staff.page.locator("#_suggest a:has-text('Nordwind Logistik GmbH')").first.wait_for()
    assert staff.findings() == []
    staff.page.keyboard.press("ArrowDown")
    assert staff.page.evaluate("document.activeElement.closest('#_suggest') !== null")
    staff.page.keyboard.press("Escape")
    assert staff.page.locator("#_suggest a").count() == 0
    staff.page.fill("#q-all", sample.api.get(f"/cases/{sample.ids['case']}")["number"])
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url(f"**{sample.path('case')}")


@pytest.mark.parametrize(("path", "words"), [("customers", "brightwater"), ("cases", "pallet")])
def test_a_list_narrows_while_typing_and_the_address_says_how(
    staff: Visitor, sample: SampleData, path: str, words: str
) -> None:
    assert sample.ids["case"]
    staff.go(f"/{path}")
    staff.page.locator("#f-q").press_sequentially(words, delay=15)
    staff.page.wait_for_url(f"**q={words}**")
    staff.page.wait_for_function(f"document.querySelectorAll('#_{path} tbody tr').length === 1")
    assert staff.page.input_value("#f-q") == words
    assert staff.page.input_value("#filters input[name=q]") == words
    staff.page.reload()
    assert staff.page.locator(f"#_{path} tbody tr").count() == 1
    staff.page.fill("#f-q", "no such name at all")
    staff.sees("matches «no such name at all»")


def test_filters_open_in_a_popover(staff: Visitor) -> None:
    staff.go("/customers")
    assert not staff.page.locator("#f-kind").is_visible()
    staff.press("Filter")
    staff.page.select_option("#f-kind", "individual")
    staff.press("Show")
    staff.sees("Marisol Vega")
    staff.press("Remove filter Kind", role="link")
    staff.sees("Nordwind Logistik GmbH")


def test_a_note_lands_on_the_timeline_at_once(staff: Visitor, sample: SampleData, now: str) -> None:
    staff.go(sample.path("nordwind"))
    staff.page.fill("#text", f"**Bold {now}**")
    staff.page.check("input[name=pin]")
    staff.page.locator("#text").press("Control+Enter")
    staff.page.locator(f"#_activity .pin strong:has-text('Bold {now}')").wait_for()
    assert staff.page.url.endswith(sample.path("nordwind"))
    assert staff.page.input_value("#text") == ""
    staff.page.locator(f".pin:has-text('{now}')").get_by_role("button", name="Unpin this note").click()
    staff.sees("The note is among the others.")


def test_each_kind_of_interaction_shows_its_own_fields(staff: Visitor, sample: SampleData) -> None:
    staff.go(sample.path("nordwind"))
    assert staff.page.locator("input[name=pin]").is_visible()
    assert not staff.page.locator("input[name=duration_minutes]").is_visible()
    staff.page.get_by_text("Call", exact=True).click()
    assert staff.page.locator("input[name=duration_minutes]").is_visible()
    assert not staff.page.locator("input[name=pin]").is_visible()


def test_an_empty_note_is_refused_in_place(staff: Visitor, sample: SampleData) -> None:
    staff.go(sample.path("nordwind"))
    staff.press("Save")
    staff.sees("Write what happened.")
    assert staff.page.evaluate("document.activeElement.id") == "text"


def test_the_timeline_shows_one_kind_in_place_and_back_shows_everything(staff: Visitor, sample: SampleData) -> None:
    staff.go(f"{sample.path('nordwind')}/timeline")
    staff.press("Sales", role="link")
    staff.page.wait_for_url("**show=sales")
    staff.page.wait_for_function("!document.getElementById('_timeline').textContent.includes('Renewal')")
    assert "Order" in staff.page.locator("#_timeline").inner_text()
    staff.page.go_back()
    staff.page.locator("#_timeline:has-text('Renewal')").wait_for()


def test_an_internal_note_and_a_reply_cannot_be_taken_for_each_other(
    staff: Visitor, sample: SampleData, now: str
) -> None:
    staff.go(sample.path("case"))
    assert staff.page.get_by_role("button", name="Save note, not sent").count() == 0
    staff.page.locator("label:has(#mode-note)").click()
    assert staff.page.get_by_role("button", name="Send", exact=True).count() == 0
    staff.page.fill("#body", f"Firmware bug {now}")
    staff.press("Save note, not sent")
    staff.page.locator(f".msg.note:has-text('{now}')").wait_for()
    assert staff.page.is_checked("#mode-note")
    staff.page.locator("label:has(#mode-reply)").click()
    staff.page.fill("#body", f"Dear Katrin {now}")
    staff.press("Send")
    staff.page.locator(f".msg.ours:has-text('{now}')").wait_for()


def test_the_menus_of_the_top_bar_open_and_log_out(staff: Visitor) -> None:
    staff.go("/")
    staff.press("New")
    staff.press("Person", role="link")
    staff.sees("First, look whether it is here already")
    staff.page.get_by_role("button", name=re.compile("Your account")).click()
    staff.press("Log out")
    staff.sees("You are logged out.")
