"""Pages as tests read them: an element tree with XPath, what a reader sees, and forms that can be filled in and sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "use", "wbr"]
)
TYPED = frozenset(["text", "search", "email", "password", "tel", "url", "number", "hidden"])


def parsed(html: str) -> Element:
    """The document, or a fragment, below one root element."""
    return _Reader().read(html)


def text_of(element: Element) -> str:
    """What stands in it, as one line."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


@dataclass
class Page:
    """One answer of the console."""

    status: int
    path: str
    html: str
    headers: dict[str, str]
    browser: object = field(repr=False)

    def __post_init__(self) -> None:
        self.root = parsed(self.html)

    def all(self, xpath: str) -> list[Element]:
        """Every element that the path finds: `.//nav[@aria-label='Main']//a`."""
        return self.root.findall(xpath)

    def one(self, xpath: str) -> Element:
        """The only one; fails where there are none or several."""
        found = self.all(xpath)
        assert len(found) == 1, f"{xpath} finds {len(found)} elements"
        return found[0]

    def texts(self, xpath: str) -> list[str]:
        """What stands in each."""
        return [text_of(element) for element in self.all(xpath)]

    def with_class(self, name: str, tag: str = "*") -> list[Element]:
        """Every element of this class."""
        return [one for one in self.root.iter() if _is(one, tag) and name in one.get("class", "").split()]

    @property
    def text(self) -> str:
        """The whole page as one line, without its head."""
        body = self.root.find(".//body")
        return text_of(self.root if body is None else body)

    @property
    def title(self) -> str:
        return self.texts(".//title")[0]

    @property
    def heading(self) -> str:
        return text_of(self.one(".//h1"))

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of the first table, by the words over its columns."""
        table = self.all(".//table")[0]
        names = [text_of(cell) for cell in table.findall("./thead/tr/th")]
        return [
            dict(zip(names, [text_of(cell) for cell in row.findall("./td")], strict=True))
            for row in table.findall("./tbody/tr")
        ]

    @property
    def links(self) -> dict[str, str]:
        """Where each link leads, by its name."""
        return {named(link): link.get("href", "") for link in reversed(self.all(".//a"))}

    @property
    def buttons(self) -> list[str]:
        """The names of everything that can be pressed."""
        return [named(button) for button in self.all(".//button")]

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        messages = {one.get("id", ""): text_of(one) for one in self.with_class("err-msg", "p")}
        return {id.removeprefix("e-").removeprefix("wrong-"): text for id, text in messages.items()}

    @property
    def values(self) -> dict[str, str]:
        """What every named field of the page holds now."""
        return {name: value for form in self.all(".//form") for name, value in fields_of(form).items()}

    def follow(self, name: str) -> Page:
        """The page behind the link of this name."""
        assert name in self.links, f"no link {name!r} among {sorted(self.links)}"
        return self.browser.get(self.links[name])  # type: ignore[attr-defined]

    def press_search(self, query: str) -> Page:
        """Send the search of the top bar."""
        form = self.one(".//form[@class='omni']")
        return self.browser.get(form.get("action", ""), query={"q": query})  # type: ignore[attr-defined]

    def form_of(self, button: str) -> tuple[Element, Element]:
        """The form, and the button of this name in it."""
        for form in self.all(".//form"):
            for one in form.findall(".//button"):
                if named(one) == button:
                    return form, one
        raise AssertionError(f"no button {button!r} in a form among {self.buttons}")

    def press(self, button: str, fragment: str = "", **typed: str | None) -> Page:
        """Fill in the named fields of the button's form and send it; None leaves a box without its tick."""
        form, pressed = self.form_of(button)
        values = fields_of(form)
        unknown = set(typed) - {one.get("name") for one in form.iter()}
        assert not unknown, f"the form has no field {unknown}"
        values |= {name: value for name, value in typed.items() if value is not None}
        values = {name: value for name, value in values.items() if typed.get(name, "") is not None}
        if pressed.get("name"):
            values[pressed.get("name", "")] = pressed.get("value", "")
        action = pressed.get("formaction") or form.get("action") or self.path
        if form.get("method", "get").lower() == "get":
            return self.browser.get(action, query=values, fragment=fragment)  # type: ignore[attr-defined]
        return self.browser.post(action, values, fragment=fragment)  # type: ignore[attr-defined]


def named(element: Element) -> str:
    """The name by which a screen reader calls a link or a button."""
    return element.get("aria-label") or text_of(element)


def fields_of(form: Element) -> dict[str, str]:
    """What a browser would send of it, as it is."""
    values: dict[str, str] = {}
    for one in form.iter():
        name = one.get("name")
        if name is None:
            continue
        kind = one.get("type", "text")
        if one.tag == "textarea":
            values[name] = "".join(one.itertext())
        elif one.tag == "select":
            chosen = [option for option in one.iter("option") if option.get("selected") is not None]
            options = chosen or list(one.iter("option"))[:1]
            values[name] = options[0].get("value", "") if options else ""
        elif one.tag == "input" and (kind in TYPED or one.get("checked") is not None):
            values[name] = one.get("value", "on" if kind == "checkbox" else "")
    return values


def _is(element: Element, tag: str) -> bool:
    return tag in {"*", element.tag}


class _Reader(HTMLParser):
    """Builds the tree; fails where an element is closed that is not open, or left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = TreeBuilder()
        self._open: list[str] = []

    def read(self, html: str) -> Element:
        self._builder.start("document", {})
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"
        self._builder.end("document")
        return self._builder.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        self._builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"
        self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        self._builder.data(data)
