"""The page about consent, the proof it starts and the export it gives."""

import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from collector.consent.export import Wanted, lines
from collector.consent.keys import Keys
from collector.consent.proof_words import in_words
from collector.consent.removal import made_up
from collector.state.audit import note
from dashboard.auth import Session
from dashboard.auth_access import Need, may
from dashboard.charts.balance import DOWN, UP, draw_balance
from dashboard.consent.changes import changes_in_words
from dashboard.consent.proof import prove, share
from dashboard.consent.proving import Outcome
from dashboard.consent.report import Consents, Covered, Day, consents
from dashboard.context import dashboard_of
from dashboard.dates import full_day, moment, named_day, short_month
from dashboard.numbers import whole
from dashboard.pages.figures import percent
from dashboard.pages.overview import asked
from dashboard.pages.refused import unanswered
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import Here, here_of, shell, site_of, view_of
from dashboard.query.bad_query import BadQuery
from dashboard.query.period import LocalRange
from dashboard.render import page
from dashboard.texts import say, word

BY_DAY = 100  # days that are shown each; more are summed by month
SOON = (7, 30, 90)


async def show_consent(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/consent`."""
    here = await here_of(request)
    view = view_of(request, here, "consent")
    dashboard = dashboard_of(request)
    async with reports_of(dashboard, here.site) as reports:
        values = await shell(here, view, reports)
        try:
            days = LocalRange(view.start, view.end)
            found = await consents(dashboard.state, reports.store, reports.facts, days, here.zone)
        except BadQuery as error:
            raise unanswered(error) from None
    values |= asked(found.coverage) | _over_time(found.days) | _lists(found, here)
    values["made_up"] = made_up(here.site.name)
    proof = await _proof(request, session, here)
    response = page(request, "consent.html", session, 200, **values, **proof, report=found)
    if proof["proving"]:
        # Also without a script; the same address with a fragment would not be loaded anew.
        response.headers["Refresh"] = f"2; url={request.url.path}"
    return response


async def start_proof(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/consent/verify`."""
    site, dashboard = site_of(request), dashboard_of(request)
    async with dashboard.state.write(followed=False) as connection:
        await note(connection, int(time.time()), session.email, "proof made", site.name)
    dashboard.proving.start(site.name, partial(prove, dashboard, site.name))
    return RedirectResponse(f"/sites/{site.name}/consent#proof", status_code=303)


async def export_log(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/consent/export`: what `byleave consent export <site>` prints."""
    site, dashboard = site_of(request), dashboard_of(request)
    keys = await run_in_threadpool(Keys.open, dashboard.settings.data_path)
    if request.method == "GET":  # HEAD hands nothing over
        async with dashboard.state.write(followed=False) as connection:
            await note(connection, int(time.time()), session.email, "consent exported", site.name)

    async def sent() -> AsyncIterator[str]:
        async for line in lines(dashboard.state, keys, Wanted(site.name), int(time.time())):
            yield json.dumps(line) + "\n"

    named = {"Content-Disposition": f'attachment; filename="consent-{site.name}.ndjson"'}
    return StreamingResponse(sent(), media_type="application/x-ndjson", headers=named)


async def _proof(request: Request, session: Session, here: Here) -> dict[str, Any]:
    dashboard, site = dashboard_of(request), here.site.name
    if not may(session, Need.ADMINISTER, site):
        return {"proving": None, "proved": None, "verdict": "", "proved_at": ""}
    proving = None
    if dashboard.proving.running(site):
        proving = await share(dashboard)
    proved = dashboard.proving.outcome(site)
    at = moment(datetime.fromtimestamp(proved.at, here.zone)) if proved else ""
    told = percent(proving) if proving is not None else ""
    lines = in_words(proved.proof) if proved and proved.proof else []
    return {"proving": told, "proved": lines, "verdict": _verdict(proved, site) if proved else "", "proved_at": at}


def _verdict(outcome: Outcome, site: str) -> str:
    if outcome.proof is None:
        return say("consent_proof_failed", kind=outcome.failed, site=site)
    return say("consent_not_proved" if outcome.proof.problem else "consent_proved")


def _over_time(days: list[Day]) -> dict[str, Any]:
    """The bars and the table, by day or by month."""
    by_month = len(days) > BY_DAY
    sums: dict[str, Counter[str]] = {}
    for day in days:
        label = short_month(day.day) if by_month else named_day(day.day)
        counts = {name: getattr(day, name) for name in KINDS}
        sums.setdefault(label, Counter()).update(counts)
    totals = Counter[str]()
    for each in sums.values():
        totals.update(each)
    times = [(label, each["given"], each["reconfirmed"], each["withdrawn"]) for label, each in sums.items()]
    return {
        "times": [(label, [whole(each[name]) for name in KINDS]) for label, each in sums.items()],
        "kinds": [(say(f"consent_{name}"), whole(totals[name])) for name in KINDS],
        "bars": draw_balance(times) if totals.total() else [],
        "up": UP,
        "down": DOWN,
        "unit": say("consent_month") if by_month else say("consent_day"),
    }


KINDS = ("given", "reconfirmed", "withdrawn", "expired")


def _lists(found: Consents, here: Here) -> dict[str, Any]:
    today = here.now.date()
    ends, told = list(found.expiring), []
    for days in SOON:
        within = [one for one in ends if one.day < today + timedelta(days=days)]
        told.append((say("consent_ends_within", days=days), whole(sum(one.consents for one in within))))
    later = sum(one.consents for one in ends if one.day >= today + timedelta(days=SOON[-1]))
    erased = found.erased
    return {
        "coverage": percent(found.coverage.share) if found.coverage.share is not None else say("consent_unknown"),
        "in_force": whole(found.in_force),
        "purposes": [
            (word("purposes", one.purpose), whole(one.yes), percent(one.share or 0)) for one in found.purposes
        ],
        "notices": [_notice(one, here) for one in found.notices],
        "ends": [*told, (say("consent_ends_later"), whole(later))],
        "erasures": _erasures(found, here),
        "erased": say("erased", visits=erased) if erased else "",
    }


def _notice(one: Covered, here: Here) -> dict[str, Any]:
    told = [say("consent_published", when=moment(_at(one.published, here)))]
    if one.draft:
        told.append(say("consent_draft"))
    if one.material:
        told.append(say("consent_material"))
    yes, held = whole(one.yes), percent(one.share) if one.share is not None else "–"
    told.append(say("consent_covers", yes=yes, share=held, rows=whole(one.rows)))
    if one.rows_expire_from:
        told.append(say("consent_rows_go", day=full_day(one.rows_expire_from)))
    return {
        "id": one.notice,
        "name": say("consent_notice", id=one.notice[:8]),
        "told": " ".join(told),
        **changes_in_words(one.changes),
    }


def _erasures(found: Consents, here: Here) -> str:
    jobs = found.erasures
    if not jobs.waiting and not jobs.done:
        return say("consent_erasures_none")
    told = [say("consent_erasures_are", waiting=whole(jobs.waiting), done=whole(jobs.done))]
    if jobs.oldest_waiting:
        told.append(say("consent_waits_since", when=moment(_at(jobs.oldest_waiting, here))))
    if jobs.last_done:
        told.append(say("consent_last_done", when=moment(_at(jobs.last_done, here))))
    return " ".join(told)


def _at(text: str, here: Here) -> datetime:
    return datetime.fromisoformat(text).astimezone(here.zone)
