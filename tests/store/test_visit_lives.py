"""The table of visits over random lives of a store: what is kept up step by step equals what is built anew."""

import os
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collector.batch import Batch
from collector.store.erasures import Narrowing
from collector.store.expiring import Expiring
from tests.rows import batch, line
from tests.store.house import BEGIN, SITES, house, subject, told

PEOPLE = (1, 2, 3)
MINUTES = [0, 1, 90, 121, 1500, 40_000, -3000]
"""When things happen, so that visits are short, long, early and late."""
DAYS = """
SELECT site, day, sum(visits) FILTER (dimension = ''), sum(visits) FILTER (dimension = 'channel'),
    sum(visits) FILTER (dimension = 'country')
FROM total GROUP BY site, day
"""
UNIX = int((BEGIN - BEGIN.fromisoformat("1970-01-01")).total_seconds())

EVENTS = st.fixed_dictionaries(
    {
        "person": st.sampled_from(PEOPLE),
        "site": st.sampled_from(SITES),
        "number": st.sampled_from([0, 0, 1, 2]),
        "minutes": st.sampled_from(MINUTES),
        "kind": st.sampled_from(["pageview", "pageview", "click", "event", "leave"]),
        "nth": st.integers(0, 3),
        "path": st.sampled_from(["/a", "/b"]),
        "allowed": st.sampled_from([True, True, True, False]),
        "text": st.sampled_from(["a", None]),
        "ad": st.sampled_from(["Google", None]),
        "country": st.sampled_from(["DE", None]),
    }
)


class StoreLives(RuleBasedStateMachine):
    """Loads, repeated batches, erasures, narrowings, settlings, expiries and rewrites, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.house = self._open.enter_context(house())
        self.known: set[Any] = set()
        self.people: set[int] = set()
        self.changed = False

    def _batches(self, events: list[dict[str, Any]]) -> list[Batch]:
        """Each event a batch; without those that equal an earlier one in all that orders the events of a visit."""
        found = []
        for event in events:
            target = event["text"] if event["kind"] in ("click", "event") else None
            visit = event["person"] * 10 + event["number"]
            key = (event["site"], visit, *(event[name] for name in ("minutes", "kind", "nth", "path")), target)
            if key not in self.known:
                self.known.add(key)
                self.people.add(event["person"])
                found.append(batch(_line(event, visit, target)))
        return found

    @rule(events=st.lists(EVENTS, min_size=1, max_size=6))
    def load(self, events: list[dict[str, Any]]) -> None:
        self.house.load(self._batches(events))
        self.changed = True

    @rule(event=EVENTS, minutes=st.sampled_from(MINUTES[1:]))
    def load_a_later_visit_first(self, event: dict[str, Any], minutes: int) -> None:
        """So that whoever was new has come before, once the earlier visit is there."""
        later = event | {"minutes": event["minutes"] + abs(minutes), "number": event["number"] + 3}
        self.house.load(self._batches([later]))
        self.house.writer.settle()
        self.house.load(self._batches([event]))
        self.changed = True

    @precondition(lambda self: self.house.sent)
    @rule(data=st.data())
    def load_again(self, data: st.DataObject) -> None:
        self.house.load([data.draw(st.sampled_from(self.house.sent))])
        self.changed = True

    @rule(events=st.lists(EVENTS, min_size=1, max_size=3), settles=st.booleans())
    def load_while_a_report_reads(self, events: list[dict[str, Any]], settles: bool) -> None:
        with self.house.db.cursor() as reader:
            reader.begin()
            before = [told(reader, site) for site in SITES]
            self.house.load(self._batches(events))
            if settles:
                self.house.writer.settle()
            assert [told(reader, site) for site in SITES] == before
            reader.rollback()
        self.changed = True

    @rule(most=st.sampled_from([1, 2, 100]))
    def settle(self, most: int) -> None:
        self.changed |= self.house.writer.settle(most) > 0

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.people)))
        self.house.writer.drop_subjects([subject(person)])
        self.people.remove(person)
        self.changed = True

    @precondition(lambda self: self.people)
    @rule(
        data=st.data(),
        purposes=st.sampled_from([("returning",), ("returning",), ("ads",), ("returning", "ads")]),
        minutes=st.sampled_from(MINUTES),
    )
    def narrow(self, data: st.DataObject, purposes: tuple[str, ...], minutes: int) -> None:
        """Up to and with one of the times at which things happen: later visits keep what they have."""
        person = data.draw(st.sampled_from(sorted(self.people)))
        narrowing = Narrowing(dict.fromkeys(purposes, UNIX + minutes * 60 + 1))
        self.house.writer.narrow({subject(person): narrowing})
        self.changed = True

    @rule(
        minutes=st.sampled_from([*MINUTES, 60_000]),
        sites=st.sampled_from([SITES, SITES[:1], SITES[1:]]),
        k=st.sampled_from([1, 2]),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    )
    def expire(self, minutes: int, sites: tuple[str, ...], k: int, zone: str) -> None:
        """Up to one of the times at which things happen, on whatever local day: a visit may lose but its beginning."""
        before = BEGIN + timedelta(minutes=minutes)
        held = self.house.db.execute("SELECT count(*) FROM event").fetchall()[0][0]
        gone = self.house.writer.expire([Expiring(site, "a" * 64, zone, before, k) for site in sites])
        left = self.house.db.execute("SELECT count(*) FROM event").fetchall()[0][0]
        assert held - left == sum(gone.values())
        self.changed = True

    @invariant()
    def totals_add_up(self) -> None:
        every = self.house.db.execute(DAYS).fetchall()
        assert all(whole == channels == countries for *_, whole, channels, countries in every)

    @precondition(lambda self: self.house.sent)
    @rule()
    def rewrite(self) -> None:
        self.house.rewrite()
        self.changed = True

    @invariant()
    def reports_tell_what_the_events_say(self) -> None:
        if self.changed:
            self.house.check()
        self.changed = False

    def teardown(self) -> None:
        with self._open:
            settled = self.house.settled()
            assert settled == self.house.true()
            self.house.check()
            self.house.writer.rebuild()
            self.house.check()
            assert self.house.settled() == settled


def _line(event: dict[str, Any], visit: int, target: str | None) -> bytes:
    more = {"source": event["text"], "utm_source": event["text"], "ad": event["ad"]}
    return line(
        subject(event["person"]),
        site=event["site"],
        visit=visit,
        visitor=event["person"] if event["allowed"] else None,
        kind=event["kind"],
        nth=event["nth"],
        occurred_at=str(BEGIN + timedelta(minutes=event["minutes"])),
        path=event["path"],
        target=target,
        country=event["country"],
        **(more if event["kind"] == "pageview" else {}),
    )


TestStoreLives = StoreLives.TestCase
TestStoreLives.settings = settings(
    max_examples=300 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 8,
    stateful_step_count=10,
    deadline=None,
    backend="hypothesis-urandom",
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
