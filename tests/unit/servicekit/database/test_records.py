"""Rows of a list that are entities without a session."""

import pytest
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.exc import UnmappedInstanceError

from servicekit.database.records import Records


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    search_text: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author | None] = relationship()

    @property
    def credit(self) -> str:
        return f"{self.title} by {self.author.name}" if self.author else self.title


BOOKS = Records(entity=Book, leaves_out=[Book.search_text], along=[Book.author])


def read() -> list[Book]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Book(id=1, title="Emma", search_text="emma austen", author=Author(id=7, name="Jane Austen")))
        session.add(Book(id=2, title="Beowulf", search_text="beowulf"))
        session.commit()
    with Session(engine) as session:
        rows = session.execute(BOOKS.statement.order_by(Book.id).add_columns(Book.title)).all()
    engine.dispose()
    make = BOOKS.maker()
    return [make(row) for row in rows]


def test_a_record_has_the_columns_and_the_properties_of_its_entity() -> None:
    emma, beowulf = read()
    assert isinstance(emma, Book)
    assert (emma.id, emma.title, emma.credit) == (1, "Emma", "Emma by Jane Austen")
    assert (beowulf.id, beowulf.author, beowulf.credit) == (2, None, "Beowulf")


def test_what_was_left_out_is_an_error_and_no_second_query() -> None:
    with pytest.raises(UnmappedInstanceError):
        _ = read()[0].search_text


def test_the_columns_left_out_are_not_asked_for() -> None:
    assert "search_text" not in str(BOOKS.statement)


def test_a_record_is_never_written() -> None:
    record = read()[0]
    with Session(create_engine("sqlite://")) as session, pytest.raises(UnmappedInstanceError):
        session.add(record)
