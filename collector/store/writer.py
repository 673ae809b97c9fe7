"""What may change the store: loads, erasures, narrowings, pruning. Runs in one thread, on one connection."""

import os
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from collector.batch import Batch
from collector.store.erasures import Narrowing
from collector.store.expiring import Expiring, expire
from collector.store.queries import SETTLE, sql

# What DuckDB raises for a line that does not fit; every other error is not the line's fault.
LINE_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.ConstraintException,
    duckdb.OutOfRangeException,
    duckdb.TypeMismatchException,
)
SUBJECTS_AT_ONCE = 50_000
"""Subjects in one statement: 1.6 MB of text."""
SETTLED_AT_ONCE = 50_000
"""Visits in one settling: a second or two, in which nothing is loaded."""


class Queued(NamedTuple):
    """One row of the spool, and what of it is to be stored."""

    segment: str
    row: int
    batch: Batch | None
    """None: nothing, only the position moves on."""


class Loaded(NamedTuple):
    """What one load did."""

    rows: int
    duplicates: int
    """Batches that were stored already."""


class BadLines(Exception):
    """A line of these batches cannot be stored; nothing was."""


class StoreWriter:
    """The write side of one open generation; every method is one transaction."""

    def __init__(self, db: duckdb.DuckDBPyConnection, loading: Path) -> None:
        self._db = db
        self._loading = loading

    def positions(self) -> dict[str, int]:
        """The last row loaded of each segment."""
        return dict(self._db.execute(sql("positions")).fetchall())

    def load(self, queued: Sequence[Queued]) -> Loaded:
        """Store batches, in order, with their positions and nonces, all or nothing; duplicates are dropped.

        Raises BadLines when a line cannot be stored, duckdb.Error when the store has a trouble of its own.
        """
        batches = [entry.batch for entry in queued if entry.batch is not None]
        with self._transaction():
            fresh = self._unseen(batches)
            rows = self._insert(fresh) if fresh else 0
            for segment, row in {entry.segment: entry.row for entry in queued}.items():
                self._db.execute(sql("load_position"), {"segment": segment, "row": row})
        return Loaded(rows, len(batches) - len(fresh))

    def append(self, rows: str, parameters: Mapping[str, object]) -> int:
        """Store the rows that a SELECT of our own makes up, named as the table's columns; returns how many."""
        with self._transaction():
            self._db.execute(f"CREATE TEMP TABLE loading AS {rows}", parameters)
            return self._append_loading()

    def drop_subjects(self, subjects: Collection[bytes]) -> int:
        """Delete the rows of subjects and count the visits that go with them; returns the number of rows."""
        rows = 0
        for some in _portions(subjects):
            parameters = {"subjects": b"".join(some).hex(",", 16)}
            with self._transaction():
                if self._count(sql("mark_erased"), parameters):
                    self._db.execute(sql("forget_marked"))
                    self._db.execute(sql("erase_count"), parameters)
                    rows += self._count(sql("erase_rows"), parameters)
        return rows

    def narrow(self, narrowings: Mapping[bytes, Narrowing]) -> int:
        """Take from stored rows what their consent no longer covers; returns the number of rows changed.

        Rows that happened before the time are meant: the loader asks for narrowings after it has read the spool, so a
        batch that it loads unchanged was accepted before, and none of it happened later than that.
        """
        rows = 0
        for purpose, statement in (("returning", "narrow_visitor"), ("ads", "narrow_ad")):
            for some in _portions(subject for subject, to in narrowings.items() if purpose in to.withdrawn):
                until = ",".join(str(narrowings[subject].withdrawn[purpose]) for subject in some)
                parameters = {"subjects": b"".join(some).hex(",", 16), "until": until}
                with self._transaction():
                    if self._count(sql("mark_narrowed"), parameters | {"purpose": purpose}):
                        self._db.execute(sql("forget_marked"))
                        rows += self._count(sql(statement), parameters)
        return rows

    def expire(self, expiring: Sequence[Expiring]) -> dict[str, int]:
        """Take out what is expired and keep its totals, all or nothing; returns how many rows went, by site."""
        while self.settle():  # what stays is told by settled visits
            pass
        with self._transaction():
            return expire(self._db, expiring)

    def settle(self, most: int = SETTLED_AT_ONCE) -> int:
        """Work out the visits that changed, the oldest first, at most so many; returns how many it were."""
        if not self._count(sql("count_changed"), {}):
            return 0
        with self._transaction():
            self._db.execute(sql("choose_settling"), {"most": most})
            count, first, last = self._db.execute(sql("span_settling")).fetchall()[0]
            self._db.execute(sql("unsettle"))
            self._db.execute(SETTLE, {"stale_first": first, "stale_last": last})
            for statement in ("meet", "append_settled", "forget_changed"):
                self._db.execute(sql(statement))
            if self._count(sql("count_met"), {}):
                self._db.execute(sql("correct_met"))
            self._db.execute("DROP TABLE settling; DROP TABLE settled; DROP TABLE met")
        return int(count)

    def rebuild(self) -> None:
        """Throw away all that is derived from the events, for `settle` to work it out anew; reports stay right."""
        with self._transaction():
            for statement in ("forget_derived", "load_stored", "append_steps", "append_changed"):
                self._db.execute(sql(statement))
            self._db.execute("DROP VIEW loading")

    def prune(self, horizon: int, present: Collection[str]) -> None:
        """Forget nonces received before a Unix second, and positions in segments that are gone from the disk."""
        with self._transaction():
            self._db.execute(sql("prune_seen"), {"horizon": horizon})
            self._db.execute(sql("prune_loaded"), {"present": ",".join(present)})

    def checkpoint(self) -> None:
        """Bring everything committed into the file itself, and empty the write-ahead log."""
        self._db.execute("CHECKPOINT")

    def _unseen(self, batches: Sequence[Batch]) -> list[Batch]:
        """The batches not stored yet, each nonce once."""
        first = {batch.nonce: batch for batch in reversed(batches)}
        if not first:
            return []
        found = self._db.execute(sql("find_seen"), {"nonces": b"".join(first).hex(",", 16)}).fetchall()
        for (nonce,) in found:
            del first[nonce.bytes]
        return list(reversed(first.values()))

    def _insert(self, batches: Sequence[Batch]) -> int:
        path = self._loading / f"{secrets.token_hex(8)}.ndjson"
        try:
            _write(path, (batch.lines for batch in batches))
            self._db.execute(sql("load_events"), {"file": str(path)})
            rows = self._append_loading()
        except LINE_ERRORS as error:
            raise BadLines(type(error).__name__) from None
        finally:
            path.unlink(missing_ok=True)
        if rows != sum(batch.lines.count(b"\n") for batch in batches):
            raise BadLines("number of rows")
        parameters = {
            "nonces": b"".join(batch.nonce for batch in batches).hex(",", 16),
            "received": ",".join(str(batch.received) for batch in batches),
        }
        self._db.execute(sql("load_seen"), parameters)
        return rows

    def _append_loading(self) -> int:
        """Take the rows of `loading` over: the events, their steps, and which visits they belong to."""
        rows = self._count(sql("append_events"), {})
        for statement in ("append_steps", "append_changed", "drop_loading"):
            self._db.execute(sql(statement))
        return rows

    def _count(self, statement: str, parameters: Mapping[str, object]) -> int:
        # All rows: a result not read to its end keeps its transaction open, and a checkpoint from its work.
        rows = self._db.execute(statement, parameters).fetchall()
        return int(rows[0][0]) if rows else 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.begin()
        try:
            yield
        except BaseException:
            self._db.rollback()
            raise
        self._db.commit()


def _portions(subjects: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(subjects)
    while some := list(islice(remaining, SUBJECTS_AT_ONCE)):
        yield some


def _write(path: Path, parts: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
