"""Cells: how one value of a row stands in a table or in the header of a record."""

from collections.abc import Callable
from typing import TypeAlias

from markupsafe import Markup

from gateway.console.page import formatters, staff
from gateway.console.page.environment import macro
from gateway.console.page.rows import Row, value_of

Cell: TypeAlias = Callable[[Row, str], str]
UI = "page/macros/ui.html"
NOTHING = Markup('<span class="faint">–</span>')


def text(row: Row, key: str) -> str:
    """As it is."""
    value = value_of(row, key)
    return NOTHING if value in (None, "") else str(value)


def humanized(row: Row, key: str) -> str:
    """A key of the API as words."""
    value = value_of(row, key)
    return formatters.humanize(str(value)) if value else NOTHING


def yes_no(row: Row, key: str) -> str:
    return "yes" if value_of(row, key) else "no"


def count(row: Row, key: str) -> str:
    """A number; a pale zero."""
    value = value_of(row, key)
    return f"{value:,}" if value else Markup('<span class="faint">0</span>')


def number(row: Row, key: str) -> str:
    """A quantity."""
    return formatters.number(value_of(row, key))


def money(row: Row, key: str) -> str:
    """An amount with its currency."""
    return formatters.money(value_of(row, key))


def whole_money(row: Row, key: str) -> str:
    """An amount; without cents from a thousand on."""
    return formatters.money(value_of(row, key), whole=True)


def open_money(row: Row, key: str) -> str:
    """An amount that somebody owes: strong, and pale where it is nothing."""
    value = value_of(row, key)
    style = "strong" if formatters.is_positive_money(value) else "faint"
    return Markup('<span class="{}">{}</span>').format(style, formatters.money(value))


def time(row: Row, key: str) -> str:
    """When: today 13:05, 12 Nov; the whole instant in its title."""
    return macro(UI, "time", value_of(row, key))


def staff_name(row: Row, key: str) -> str:
    """A colleague by name."""
    return staff.name_of(value_of(row, key)) or "–"


def cut(row: Row, key: str) -> str:
    """A text that may be longer than its column."""
    value = str(value_of(row, key) or "")
    return Markup('<span class="cut d-block" title="{0}">{0}</span>').format(value) if value else NOTHING


def email(row: Row, key: str) -> str:
    """An address that opens the mail program."""
    value = value_of(row, key)
    return Markup('<a href="mailto:{0}">{0}</a>').format(value) if value else NOTHING


def phone(row: Row, key: str) -> str:
    """A number that can be called."""
    value = value_of(row, key)
    return Markup('<a href="tel:{}">{}</a>').format(value.replace(" ", ""), value) if value else NOTHING


def status(kind: str, of: Callable[[Row], str] | None = None) -> Cell:
    """A state with tone, icon and word; `of` where it follows from more than the column's value."""

    def cell(row: Row, key: str) -> str:
        return macro(UI, "status", kind, of(row) if of else value_of(row, key))

    return cell


def title(href: str) -> Cell:
    """The name of the thing, which leads to its page: `title("/cases/{id}")`."""

    def cell(row: Row, key: str) -> str:
        name = value_of(row, key)
        return Markup('<div class="who"><a class="cut" href="{0}" title="{1}"><bdi>{1}</bdi></a></div>').format(
            href.format_map(row), name
        )

    return cell


def link(href: str, style: str = "strong", *, without_id: str = "", unnamed: str = "Open") -> Cell:
    """A value that leads somewhere: `link("/customers/{customer_id}")`. Where the id is missing, says `without_id`."""
    id_key = href.rpartition("{")[2].rstrip("}")

    def cell(row: Row, key: str) -> str:
        if not value_of(row, id_key):
            return Markup('<span class="faint">{}</span>').format(without_id) if without_id else ""
        name = value_of(row, key) or unnamed
        return Markup('<a class="{}" href="{}"><bdi>{}</bdi></a>').format(style, href.format_map(row), name)

    return cell


def from_template(template: str, name: str) -> Cell:
    """What the macro `name` of a template makes of the row: for cells that are the noun's own."""

    def cell(row: Row, _key: str) -> str:
        return macro(template, name, row)

    return cell


def labelled(label: str, value: str) -> Markup:
    """A cell with a word before it, as one of the facts below a title."""
    return Markup("<span>{} {}</span>").format(label, value)
