"""Titles of the timeline are made when they are read: new rows have no sentence, and a search column instead.

Rows that are there keep their sentence and are found by it. Whether the actor is named follows from the kind;
`names_actor` is left to the code of before, which may run beside this one.
"""

import sqlalchemy as sa
from alembic import op

from servicekit.addresses import fold

revision = "0004"
down_revision = "0003"

_BATCH = 100  # so many rows are locked at a time, beside the workers that run
_ENTRIES = sa.table(
    "timeline_entries", sa.column("id"), sa.column("sentence"), sa.column("body"), sa.column("search_text")
)


def upgrade() -> None:
    """Let new rows leave out the sentence, and fill the search column of the others; again where it was interrupted."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("timeline_entries") as table:
            table.add_column(sa.Column("search_text", sa.Text()))
            table.alter_column("sentence", existing_type=sa.String(500), nullable=True)
            table.alter_column("names_actor", existing_type=sa.Boolean(), nullable=True)
        _fill_search_text()
        return
    op.execute("ALTER TABLE timeline_entries ADD COLUMN IF NOT EXISTS search_text TEXT")
    op.alter_column("timeline_entries", "sentence", nullable=True)
    op.alter_column("timeline_entries", "names_actor", nullable=True)
    with op.get_context().autocommit_block():  # the table is not locked while it is filled
        _fill_search_text()


def _fill_search_text() -> None:
    connection = op.get_bind()
    entry, text = sa.bindparam("entry"), sa.bindparam("text")
    fill = _ENTRIES.update().where(_ENTRIES.c.id == entry).values(search_text=text)
    empty = sa.select(_ENTRIES.c.id, _ENTRIES.c.sentence, _ENTRIES.c.body).where(_ENTRIES.c.search_text.is_(None))
    last = ""
    while rows := connection.execute(empty.where(_ENTRIES.c.id > last).order_by(_ENTRIES.c.id).limit(_BATCH)).all():
        connection.execute(fill, [{"entry": id, "text": _folded(sentence, body)} for id, sentence, body in rows])
        last = rows[-1].id


def _folded(*texts: str | None) -> str:
    return "\n".join(fold(text) for text in texts if text)
