"""Books that can be lent, in one module, because a toy has no rooms."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Flask
from marshmallow import fields, validate
from sqlalchemy import MetaData, Select, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from servicekit.auth import PUBLIC, visible
from servicekit.database.types import naming_convention
from servicekit.database.versioned import Versioned
from servicekit.errors import Conflict, NotFound, NotYet
from servicekit.http.call import Call
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes
from servicekit.http.schemas import Instant, Schema
from servicekit.ids import new_id
from servicekit.jobs import Jobs, Work
from servicekit.messaging import outbox
from servicekit.messaging.consumers import Consumers, ReceivedEvent
from servicekit.messaging.events import Event, Payload
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain
from servicekit.settings import Settings as KitSettings


@dataclass(frozen=True, kw_only=True)
class Settings(KitSettings):
    service: str = "library"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=naming_convention)


class Book(Versioned, Base):
    __tablename__ = "book"

    title: Mapped[str] = mapped_column(String(200))
    is_lent: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))


class Reader(Base):
    """What the library knows of readers, who live elsewhere."""

    __tablename__ = "reader"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    loans: Mapped[int] = mapped_column(default=0)


class BookBought(Event):
    """The library has a new book."""

    TYPE: ClassVar[str] = "book.bought.v1"
    id: str
    title: str


class BookLent(Event):
    """A book went out."""

    TYPE: ClassVar[str] = "book.lent.v1"
    id: str


class LentTwice(Conflict):
    """It is out already."""


class TooManyLoans(Conflict):
    """A reader may have so many."""


MOST_LOANS = 2


class BookWrite(Schema):
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    owner_id = fields.String(allow_none=True)


class BookRead(Schema):
    id = fields.String()
    title = fields.String()
    is_lent = fields.Boolean()
    owner_id = fields.String()
    created_at = Instant()
    version = fields.Integer()


routes = Routes("books")
consumers = Consumers()
jobs = Jobs()
BOOKS = Listing(
    id=Book.id,
    sorts={"created_at": Book.created_at, "title": Book.title},
    default_sort="-created_at",
    filters={"title": text(Book.title, prefix=True), "created_at": instant(Book.created_at)},
    search=lambda words: Book.title.icontains(words, autoescape=True),
)


@routes.page("/books", needs="books:read", listing=BOOKS, returns=BookRead)
def list_books(call: Call) -> Select[Any]:
    return visible(select(Book), call.principal, owner=Book.owner_id, team=Book.team_id)


@routes.get("/books/<id>", needs="books:read", returns=BookRead)
def get_book(call: Call, id: str) -> Book:
    return _find(call.session, id)


@routes.post("/books", needs="books:write", body=BookWrite, returns=BookRead, location="/api/v1/books/{id}")
def buy_book(call: Call) -> Book:
    book = Book(id=new_id("boo"), created_at=call.now, updated_at=call.now, is_lent=False, **call.body)
    call.session.add(book)
    outbox.record(call.session, BookBought(id=book.id, title=book.title), about=book, at=call.now)
    return book


@routes.patch("/books/<id>", needs="books:write", body=BookWrite, returns=BookRead)
def update_book(call: Call, id: str) -> Book:
    book = _find(call.session, id)
    call.check_version(book)
    for name, value in call.body.items():
        setattr(book, name, value)
    return book


@routes.action("/books/<id>:lend", needs="books:write", returns=BookRead, if_match="required")
def lend_book(call: Call, id: str) -> Book:
    book = _find(call.session, id)
    call.check_version(book)
    if book.is_lent:
        raise LentTwice(f"{book.title} is out.")
    book.is_lent = True
    outbox.record(call.session, BookLent(id=book.id), about=book, at=call.now)
    return book


@routes.get("/opening-hours", needs=PUBLIC)
def get_opening_hours(call: Call) -> None:
    """Anyone may ask."""


@routes.get("/broken", needs=PUBLIC, returns=BookRead)
def break_down(call: Call) -> None:
    raise RuntimeError("SELECT secret FROM /etc/passwd")


class LoanPayload(Payload):
    reader_id: str


class ReaderPayload(Payload):
    id: str


@consumers.on("reader.joined.v1", reads=ReaderPayload)
def on_reader_joined(session: Session, event: ReceivedEvent[ReaderPayload]) -> None:
    session.add(Reader(id=event.data.id, loans=0))


@consumers.on("loan.counted.v1", reads=LoanPayload)
def on_loan_counted(session: Session, event: ReceivedEvent[LoanPayload]) -> None:
    reader = session.get(Reader, event.data.reader_id, with_for_update=True)
    if reader is None:
        raise NotYet(f"{event.data.reader_id} has not joined yet.")
    reader.loans += 1


@consumers.on("shelf.collapsed.v1", reads=ReaderPayload)
def on_shelf_collapsed(session: Session, event: ReceivedEvent[ReaderPayload]) -> None:
    raise RuntimeError("nobody can repair this")


limits = Consumers()


@limits.on("loan.counted.v1", reads=LoanPayload)
def on_loan_limited(session: Session, event: ReceivedEvent[LoanPayload]) -> None:
    """The second sub-domain that listens to this type: it sees what the first one stored."""
    if session.get_one(Reader, event.data.reader_id).loans > MOST_LOANS:
        raise TooManyLoans(f"{event.data.reader_id} has more than {MOST_LOANS}.")


@jobs.every(seconds=1)
def count_books(work: Work) -> int:
    with work.database.read() as session:
        return len(session.scalars(select(Book)).all())


def _find(session: Session, id: str) -> Book:
    book = session.get(Book, id)
    if book is None:
        raise NotFound(f"There is no book {id}.")
    return book


SUBDOMAINS = [
    Subdomain(routes=[routes], consumers=consumers, jobs=jobs, published=[BookBought, BookLent]),
    Subdomain(consumers=limits),
]


def create_app(settings: Settings | None = None) -> Flask:
    return create_service(
        settings or Settings.from_environ(),
        package="tests.toy",
        subdomains=SUBDOMAINS,
    )
