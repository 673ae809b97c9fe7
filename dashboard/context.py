"""What every request of the dashboard can reach."""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

from starlette.requests import Request

from collector.rate import Limit
from collector.settings import Settings
from collector.state.database import State
from collector.state.follow import Follower
from collector.state.site import Site
from dashboard.assets import Assets
from dashboard.auth_half import HalfSignIns
from dashboard.auth_throttle import Throttle
from dashboard.consent.proving import Proving
from dashboard.patience import PatientStore
from dashboard.query.site import SiteFacts

API_RATE = 20  # requests a second for one token or account
API_BURST = 200  # at once
K_WITHOUT_NOTICE = 5  # no notice, no consent, no rows; but a number has to be said


@dataclass(frozen=True)
class Dashboard:
    """The parts that `create_app` was given, and what lives as long as they do."""

    settings: Settings
    state: State
    follower: Follower
    store: PatientStore
    assets: Assets = field(default_factory=Assets)
    throttle: Throttle = field(default_factory=Throttle)
    api_limit: Limit = field(default_factory=lambda: Limit(API_RATE, API_BURST))
    share_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    """Signs that a browser knows the password of a share link; gone when the process ends."""
    half: HalfSignIns = field(default_factory=HalfSignIns)
    work: set[asyncio.Task[None]] = field(default_factory=set)
    """What goes on after its answer was sent."""
    proving: Proving = field(default_factory=Proving)
    zones: dict[str, ZoneInfo] = field(default_factory=dict)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that no answer waits for; it tells of its own errors."""
        task = asyncio.create_task(work)
        self.work.add(task)
        task.add_done_callback(self.work.discard)

    def k(self, site: Site) -> int:
        """The fewest people a folded row must have, as the site's latest notice says."""
        notice = self.follower.current.get(site.name)
        return notice.k if notice else K_WITHOUT_NOTICE

    def facts(self, site: Site) -> SiteFacts:
        """What reports must know of a site."""
        hidden = [one.id for one in self.follower.notices.values() if one.site == site.name and not one.visits_shown]
        return SiteFacts(
            name=site.name,
            timezone=site.timezone,
            k=self.k(site),
            visits_shown=self.shows_visits(site.name),
            hidden_under=tuple(hidden),
            patterns=site.patterns,
        )

    def shows_visits(self, site: str) -> bool:
        """Whether the notice in force lets reports show single visits; without a notice there are none."""
        notice = self.follower.current.get(site)
        return notice is None or notice.visits_shown

    async def zone(self, name: str) -> ZoneInfo:
        """A time zone; the first time it is read from a file, off the event loop."""
        if name not in self.zones:
            self.zones[name] = await asyncio.to_thread(ZoneInfo, name)
        return self.zones[name]

    @property
    def sites(self) -> list[Site]:
        """Every site, by name."""
        return sorted(self.follower.sites.values(), key=lambda site: site.name)


def dashboard_of(request: Request) -> Dashboard:
    """The dashboard a request came to."""
    return cast(Dashboard, request.app.state.dashboard)
