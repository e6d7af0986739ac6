"""Forms: the values as they were typed, with an error at each field that is wrong; and edits that clash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from gateway.console.page.client import ApiResponse


@dataclass
class Form:
    """Values by field name, errors by field name, and errors that belong to no field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)
    key: str = ""
    """The idempotency key that this form was sent with; shown again with it, it does not write twice."""

    @classmethod
    def posted(cls) -> "Form":
        """The form that this request sends, without the fields of the machinery, which begin with an underscore."""
        values = {name: value.strip() for name, value in request.form.items() if not name.startswith("_")}
        return cls(values=values, key=request.form.get("_once", "")[:40])

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def filled(self, *names: str) -> dict[str, str]:
        """Those of the named fields that are not empty."""
        return {name: self.values[name] for name in names if self.values.get(name)}

    def require(self, name: str, error: str) -> None:
        """An error at the field when it is empty."""
        if not self.value(name):
            self.errors[name] = error

    def refused(self, response: ApiResponse, names: Mapping[str, str] | None = None) -> "Form":
        """Take over the errors of the service's answer; those of fields that this form does not have stand above it.

        `names`: where a pointer is not the name of a field, which field it is.
        """
        problems = response.data.get("errors") if isinstance(response.data, dict) else None
        for problem in problems or []:
            pointer = str(problem.get("pointer", ""))
            name = (names or {}).get(pointer) or pointer.strip("/").rpartition("/")[2]
            text = str(problem.get("detail", ""))
            if name in self.values:
                self.errors.setdefault(name, text)
            elif text:
                self.general.append(text)
        if not self.errors and not self.general:
            self.general.append(response.detail)
        return self

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.general)


@dataclass(frozen=True)
class Difference:
    """One field that two people changed at once."""

    name: str
    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Merge:
    """What the user changed, and where somebody else has changed the same field since."""

    changes: dict[str, str]
    clashes: list[Difference]


def opened_values() -> dict[str, str]:
    """The values that the form was opened with, which it carries in `_was`."""
    try:
        was = json.loads(request.form.get("_was", "{}"))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in was.items()} if isinstance(was, dict) else {}


def changed(values: Mapping[str, str], was: Mapping[str, str]) -> dict[str, str]:
    """The fields whose value is not the one that the form was opened with."""
    return {name: value for name, value in values.items() if name in was and value != was[name]}


def merge(mine: Mapping[str, str], was: Mapping[str, str], now: Mapping[str, str], labels: Mapping[str, str]) -> Merge:
    """A field that only one side changed is taken quietly; one that both changed differently is a clash to decide."""
    clashes = [
        Difference(name, labels.get(name, name), now.get(name, ""), value)
        for name, value in mine.items()
        if now.get(name, "") not in (was.get(name, ""), value)
    ]
    return Merge(changes=dict(mine), clashes=clashes)


def packed(values: Mapping[str, Any]) -> str:
    """Values as the hidden field `_was` carries them."""
    return json.dumps({name: str(value or "") for name, value in values.items()}, ensure_ascii=False)
