"""Notes of the owners on the days of a site."""

from datetime import date

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import annotation

TEXT_MAX = 120  # characters
MOST = 500  # notes of one site


class AnnotationError(ValueError):
    """A note cannot be kept: `full` when the site has as many as it may, else its text is none."""

    def __init__(self, full: bool) -> None:
        super().__init__(f"at most {MOST} notes, of at most {TEXT_MAX} printable characters each")
        self.full = full


class Annotation(msgspec.Struct, frozen=True):
    """One note, on a local day of its site."""

    id: int
    day: date
    text: str


async def list_annotations(connection: AsyncConnection, site: str, first: date, last: date) -> list[Annotation]:
    """The notes on the days from `first` to `last`, both included, in their order."""
    days = annotation.c.day.between(first.isoformat(), last.isoformat())
    query = select(annotation).where(annotation.c.site == site, days).order_by(annotation.c.day, annotation.c.id)
    return [Annotation(row.id, date.fromisoformat(row.day), row.text) for row in await connection.execute(query)]


async def keep_annotation(connection: AsyncConnection, site: str, day: date, text: str, known: int | None) -> None:
    """Add a note, or change the one of the site that is `known` by its id. Raises AnnotationError."""
    if not text or len(text) > TEXT_MAX or not text.isprintable():
        raise AnnotationError(full=False)
    values = {"day": day.isoformat(), "text": text}
    if known is not None:
        await connection.execute(update(annotation).where(_of(site, known)).values(**values))
        return
    count = await connection.scalar(select(func.count()).where(annotation.c.site == site))
    if count is not None and count >= MOST:
        raise AnnotationError(full=True)
    await connection.execute(insert(annotation).values(site=site, **values))


async def remove_annotation(connection: AsyncConnection, site: str, known: int) -> None:
    """Remove a note of the site; one that is gone already is no error."""
    await connection.execute(delete(annotation).where(_of(site, known)))


def _of(site: str, known: int) -> ColumnElement[bool]:
    return (annotation.c.site == site) & (annotation.c.id == known)
