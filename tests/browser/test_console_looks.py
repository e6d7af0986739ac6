"""Every screen, in both themes, on a desk and on a phone: nothing for axe to find, nothing wider than the window."""

import pytest

from tests.browser.conftest import Visit, World

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
def test_every_screen_is_accessible_and_fits(visit: Visit, world: World, theme: str, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 900}, color_scheme=theme)
    look = visitor.findings if (theme, width) in AUDITED else list
    visitor.go("/login")
    assert look() == []
    visitor.log_in()
    wrong = {}
    paths = {name: world.path(name) for name in ("nordwind", "blocked", "person", "case", "order")}
    for screen in SCREENS:
        visitor.go(screen.format(**paths))
        found = look()
        if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the window")
        if found:
            wrong[screen] = found
    assert wrong == {}
