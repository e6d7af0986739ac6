"""Upserts of read models: the newest state wins."""

from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from servicekit.database.upsert import upsert_if_newer


class Base(DeclarativeBase):
    pass


class BookProjection(Base):
    __tablename__ = "books"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    title: Mapped[str] = mapped_column("name", String(100))


def test_the_newest_state_wins_also_where_an_attribute_is_not_called_as_its_column() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        states = [(1, "Emma"), (3, "Emma, revised"), (2, "Late"), (3, "Again")]
        stored = [upsert_if_newer(session, BookProjection(id="b", sequence=at, title=title)) for at, title in states]
        assert stored == [True, True, False, False]
        assert session.get_one(BookProjection, "b").title == "Emma, revised"
    engine.dispose()
