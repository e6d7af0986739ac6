"""Every screen, in both themes, on a desk and on a phone: nothing for axe to find, nothing wider than the window."""

import pytest

from tests.browser.conftest import SampleData, Visit, Visitor

# What axe finds hangs on the colours and on whether the screen is narrow; whether everything fits, on each width.
AUDITED = {("light", 1440), ("dark", 390)}
WINDOWS = [*sorted(AUDITED), ("light", 320)]
SCREENS = [
    "/",
    "/customers",
    "/customers?status=active&owner=me",
    "/customers?q=no-such-name",
    "/customers/new",
    "/customers/new?q=Nordwind",
    "{nordwind}",
    "{nordwind}/contacts",
    "{nordwind}/timeline",
    "{nordwind}/timeline?show=fields",
    "{nordwind}/cases",
    "{nordwind}/orders",
    "{nordwind}/notes",
    "{nordwind}/edit",
    "{nordwind}/block",
    "{blocked}",
    "{person}",
    "/work",
    "/work?view=done",
    "/cases",
    "/cases/new",
    "{case}",
    "{case}?tab=answers",
    "{case}?tab=history",
    "{case}/move?to=resolved",
    "{case}/assign",
    "/orders",
    "/orders?status=cancelled",
    "/orders/new",
    "{order}",
    "{order}/cancel",
    "/search",
    "/search?q=nord",
    "/search?q=no-such-name",
    "/notifications",
    "/notifications?view=unread",
    "/nowhere",
]


@pytest.mark.parametrize(("theme", "width"), WINDOWS)
def test_every_screen_is_accessible_and_fits(visit: Visit, sample: SampleData, theme: str, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 900}, color_scheme=theme)
    look = visitor.findings if (theme, width) in AUDITED else list
    visitor.go("/login")
    assert look() == []
    visitor.log_in()
    wrong = {}
    paths = {name: sample.path(name) for name in ("nordwind", "blocked", "person", "case", "order")}
    for screen in SCREENS:
        visitor.go(screen.format(**paths))
        found = look()
        if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the window")
        if found:
            wrong[screen] = found
    assert wrong == {}


def test_forms_with_errors_and_conflicts_are_accessible_and_have_the_focus(
    staff: Visitor, sample: SampleData, now: str
) -> None:
    case = sample.api.post("/cases", {"subject": f"Old address {now}", "type": "complaint"})
    for step in (_duplicate_customer, _wrong_order_line, _changed_case, _refused_decision, _clash):
        step(staff, sample, case["id"], now)
        assert staff.findings() == [], step.__name__


def _duplicate_customer(staff: Visitor, _world: SampleData, _case: str, _now: str) -> None:
    staff.go("/customers/new?q=Nordwind+again")
    staff.page.fill("#f-email", "kontakt@nordwind.example")
    staff.press("Add customer")
    staff.sees("There is a problem")
    assert staff.page.evaluate("document.activeElement.id") == "problems"


def _wrong_order_line(staff: Visitor, sample: SampleData, _case: str, _now: str) -> None:
    staff.go(f"/orders/new?customer={sample.ids['nordwind']}")
    staff.page.select_option("#f-sku-2", "HX-BAT")
    staff.page.fill("#f-quantity-2", "lots")
    staff.press("Place order")
    staff.page.locator("#e-quantity-2").wait_for()


def _changed_case(staff: Visitor, sample: SampleData, case: str, _now: str) -> None:
    staff.go(f"/cases/{case}/move?to=resolved")
    sample.api.act(f"/cases/{case}", "transition", {"status": "waiting"})
    staff.press("Resolve")
    staff.sees("Somebody changed this case meanwhile.")


def _refused_decision(staff: Visitor, _world: SampleData, case: str, _now: str) -> None:
    staff.go(f"/cases/{case}")
    staff.page.get_by_role("button", name="Done · Intake").click()
    staff.page.get_by_role("button", name="Reject · Approve goodwill credit").click()
    staff.sees("Say why you reject")
    assert staff.page.evaluate("document.activeElement.name") == "note"


def _clash(staff: Visitor, sample: SampleData, _case: str, now: str) -> None:
    path = f"/customers/{sample.ids['person']}"
    staff.go(f"{path}/edit")
    sample.api.patch(path, {"industry": f"Design {now}"}, sample.api.get(path)["version"])
    staff.page.fill("#f-industry", f"Fashion {now}")
    staff.press("Save changes")
    staff.sees("Somebody changed this while you were typing")
