"""The compiled dump gives exactly what marshmallow's own does."""

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import pytest
from marshmallow import fields
from sqlalchemy import create_engine
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from servicekit.http.schemas import Instant, MoneyField
from servicekit.http.serialization import dumper
from servicekit.money import Money

AT = dt.datetime(2026, 3, 29, 2, 30, 0, 123_456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
PRICE = Money(amount=Decimal("12.5"), currency="EUR")


class Colour(StrEnum):
    RED = "red"


class Inner(ma.Schema):
    amount = fields.Decimal(as_string=True)
    colour = fields.String()


class Outer(ma.Schema):
    class Meta:
        dump_only = ("renamed", "padded", "german", "some", "plural", "deep", "standing")

    text = fields.String()
    renamed = fields.String(data_key="called", attribute="text")
    colour = fields.String()
    number = fields.Integer()
    padded = fields.Integer(as_string=True, attribute="number")
    share = fields.Float()
    is_open = fields.Boolean()
    on = fields.Date()
    german = fields.Date(format="%d.%m.%Y", attribute="on")
    at = Instant()
    inner = fields.Nested(Inner)
    some = fields.Nested(Inner(only=("colour",)), attribute="inner")
    many = fields.List(fields.Nested(Inner))
    plural = fields.Nested(Inner, many=True, attribute="many")
    named = fields.Dict(keys=fields.String(), values=fields.Integer())
    known_as = fields.Dict(keys=fields.String(), values=fields.String())
    price = MoneyField()
    deep = fields.String(attribute="inner.colour")
    standing = fields.String(dump_default="as ever", attribute="nowhere")
    absent = fields.String()
    asked = fields.Method("ask")
    secret = fields.String(load_only=True)

    def ask(self, thing: Any) -> str:
        return f"{type(thing).__name__} asked"


@dataclass
class Thing:
    text: str | None = "Grüße"
    colour: Colour | None = Colour.RED
    number: int | None = 7
    share: float | None = 0.5
    is_open: bool | None = True
    on: dt.date | None = dt.date(2026, 2, 28)
    at: dt.datetime | None = AT
    inner: Any = field(default_factory=lambda: SimpleNamespace(amount=Decimal("1.50"), colour="blue"))
    many: Any = field(default_factory=lambda: [{"amount": Decimal(2)}, SimpleNamespace(amount=None, colour=None)])
    named: dict[str, int] | None = field(default_factory=lambda: {"a": 1})
    known_as: dict[str, str | None] | None = field(default_factory=lambda: {"sap": "4711", "old": None})
    price: Money | None = PRICE
    secret: str = "hidden"


NOTHING = Thing(*[None] * 12)


@pytest.mark.parametrize("thing", [Thing(), NOTHING, vars(Thing()), {}, {"number": "12", "is_open": 0}, {"inner": {}}])
def test_the_compiled_dump_is_marshmallows_own(thing: Any) -> None:
    expected = Outer().dump(thing)
    assert dumper(Outer)(thing) == expected
    assert list(dumper(Outer)(thing)) == list(expected)
    assert "secret" not in expected


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    number: Mapped[int | None]
    on: Mapped[dt.date] = mapped_column(deferred=True)
    at: Mapped[dt.datetime]

    @property
    def colour(self) -> Colour:
        return Colour.RED

    @hybrid_property
    def is_open(self) -> bool:
        return self.number is None


def test_an_entity_is_dumped_as_by_marshmallow_with_what_it_computes_and_what_it_has_not_loaded() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Row(id=1, text="Grüße", number=None, on=dt.date(2026, 2, 28), at=AT))
        session.commit()
    with Session(engine) as session:
        row = session.get_one(Row, 1)
        row.__dict__["at"] = AT  # SQLite alone keeps no zone
        assert "on" not in row.__dict__
        assert dumper(Outer)(row)["on"] == "2026-02-28"
        assert dumper(Outer)(row) == Outer().dump(row)
        assert list(dumper(Outer)(row)) == list(Outer().dump(row))
        assert dumper(Outer)(row)["is_open"] is True
        assert dumper(Outer)(row)["colour"] == "red"
    engine.dispose()


def test_an_entity_with_all_that_is_shown_is_dumped_as_by_marshmallow() -> None:
    class Shown(ma.Schema):
        text = fields.String()
        number = fields.Integer()
        colour = fields.String()
        on = fields.Date()
        asked = fields.Function(lambda row: f"{row.text}?")

    row = Row(text="a", number=3, on=dt.date(2026, 2, 28))
    assert dumper(Shown)(row) == Shown().dump(row)
    assert dumper(Shown)(row) == {"text": "a", "number": 3, "colour": "red", "on": "2026-02-28", "asked": "a?"}


def test_what_is_computed_or_has_no_dict_is_dumped_all_the_same() -> None:
    class Computed:
        __slots__ = ("number",)

        def __init__(self) -> None:
            self.number = 7

        @property
        def text(self) -> str:
            return f"number {self.number}"

    assert dumper(Outer)(Computed()) == Outer().dump(Computed())
    assert dumper(Outer)(Computed())["text"] == "number 7"


def test_a_schema_with_hooks_dumps_by_them() -> None:
    class Hooked(ma.Schema):
        text = fields.String()

        @ma.post_dump
        def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {"text": data["text"].upper()}

    assert dumper(Hooked)({"text": "quiet"}) == {"text": "QUIET"}


def test_every_answer_can_be_encoded() -> None:
    assert json.loads(json.dumps(dumper(Outer)(Thing())))["at"] == "2026-03-29T00:30:00.123Z"
