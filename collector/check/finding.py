"""What the visits show, each as a finding that says what to do."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from collector.check.page import Request
from collector.check.visit import FETCHED, Tag, Trial, Visit, host


class Finding(NamedTuple):
    """One thing that was looked at. `ok` is None for what is only told; `problem` says what to do where it is False."""

    what: str
    ok: bool | None
    problem: str = ""
    detail: str = ""


def well_or(what: str, problem: str, detail: str) -> Finding:
    """Red where there is a problem."""
    return Finding(what, not problem, problem, "" if problem else detail)


def tag(visit: Visit, collector: str) -> Finding:
    """The tag is there, comes from where it should, and runs."""
    found = visit.tag
    if found is None:
        line = (
            f'<script defer src="{collector or "https://hello.example.com"}/c/tag.js" data-site="{host(visit.href)}">'
        )
        return Finding("tag", False, f"No tag was found on {visit.href}. Put in its head: {line}</script>")
    problem = ""
    if collector and not found.src.startswith(collector):
        problem = f"It is loaded from {found.base}, not from {collector}. Correct the address in src."
    elif not found.running:
        problem = _why_not(found, visit)
    return well_or("tag", problem, f"{found.src} for the site {found.site}")


def _why_not(found: Tag, visit: Visit) -> str:
    """Why a tag that is on the page does not run."""
    script = next((one for one in visit.requests if one.url == found.src), Request("GET", found.src))
    if script.failed == "csp" or any(found.src.startswith(url) for _, url in visit.refused if url):
        return f"The page's content security policy keeps {found.src} away. Add to script-src: {origin(found.base)}"
    if script.failed == "mixed-content":
        return f"{found.src} is not over HTTPS, but the page is. Write https:// in src."
    if script.status >= 400:
        return f"{found.src} was answered {script.status}. Correct the address in src."
    if script.failed:
        return f"{found.src} cannot be loaded ({script.failed}). Look whether the collector answers there."
    return f"{found.src} was loaded, but no tag runs. Open it in a browser: it has to be Byleave's script."


def policy(visit: Visit, found: Tag) -> Finding:
    """The page's content security policy lets the tag load its parts and speak to its collector."""
    kept = sorted({_directive(name) for name, url in visit.refused if url.startswith(origin(found.base))})
    kept += ["script-src"] if not kept and any(one.failed == "csp" for one in visit.calls) else []
    problem = f"It keeps Byleave away. Add {origin(found.base)} to: {', '.join(kept)}" if kept else ""
    return well_or("content security policy", problem, "lets Byleave work")


def silence(what: str, visit: Visit, found: Tag, allowed: str = FETCHED.pattern) -> Finding:
    """Nothing reached the collector but what may be fetched, it set no cookie, and nothing of ours is stored."""
    sent = [call for one in visit.calls if (call := _beyond(one, found, allowed))]
    cookies = sorted({name for one in visit.calls for name in one.cookies} | _jar(visit, found))
    kept = [name for name in _names(visit) if name.startswith("byleave") and not _is_no(what, visit, name)]
    problems = (
        f"it sent {', '.join(sorted(set(sent)))}: see what on the page sends this" if sent else "",
        f"the collector's origin set the cookie {', '.join(cookies)}: look at what stands before it" if cookies else "",
        f"the browser keeps {', '.join(kept)}: see which script of the page writes this" if kept else "",
    )
    told = "; ".join(filter(None, problems))
    fetches = len(visit.calls)
    return well_or(
        what, f"Not silent: {told}." if told else "", f"{fetches} of its files fetched, no cookie, nothing sent or kept"
    )


def _beyond(one: Request, found: Tag, allowed: str) -> str:
    path = urlsplit(one.url.removeprefix(found.base)).path
    fine = one.method == "GET" and re.fullmatch(allowed, path)
    return "" if fine else f"{one.method} {urlsplit(one.url).path}"


def _jar(visit: Visit, found: Tag) -> set[str]:
    """Cookies that only the collector can have set: it has a host of its own."""
    theirs = host(found.base)
    if theirs == host(visit.href):
        return set()
    return {one["name"] for one in visit.cookies if one["domain"].lstrip(".") == theirs}


def _names(visit: Visit) -> list[str]:
    places = [list(visit.stored.get(place, ())) for place in ("local", "session", "databases", "caches")]
    return [name for names in places for name in names] + [one["name"] for one in visit.cookies]


def _is_no(what: str, visit: Visit, name: str) -> bool:
    """The one thing that is kept after a no: its month, without any id."""
    return what == NO and bool(re.fullmatch(r"no\.\d{4}-\d\d", visit.stored["local"].get(name, "")))


NO = "after a no"


def no(visit: Visit, found: Tag) -> Finding:
    """After a no the tag alone is fetched, and the month of the no is all that is kept."""
    if found.cmp:
        return Finding(NO, None, detail=f"not tried: the consent tool ({found.cmp}) asks, not Byleave")
    kept = visit.stored.get("local", {}).get(f"byleave:{found.site}", "")
    if not kept.startswith("no."):
        return Finding(NO, False, "The no was not kept. Look whether something lies over the banner or clears storage.")
    return silence(NO, visit, found, r"(tag|t/[0-9a-f]{8,64})\.js")


def ask(visit: Visit, found: Tag) -> Finding:
    """The banner is there, can be reached, and its answers look alike."""
    what = "the ask"
    if found.banner == "off" or found.cmp:
        asker = f"the consent tool ({found.cmp})" if found.cmp else "your own page"
        return Finding(what, None, detail=f"{asker} asks, not Byleave: see yourself that yes and no are equal there")
    buttons = visit.buttons
    if not buttons:
        said = visit.console[0] if visit.console else "look at the browser's console"
        return Finding(what, False, f"Nothing asks: {said}")
    labels = ", ".join(one["label"] for one in buttons)
    if len(buttons) < 2 or len({(one["style"], one["height"]) for one in buttons}) > 1:
        return Finding(
            what, False, f"The answers ({labels}) do not look alike. Remove the styles that tell them apart."
        )
    if not all(one["seen"] for one in buttons):
        return Finding(what, False, f"Something lies over the answers ({labels}). Move it, or lower its z-index.")
    return Finding(what, True, detail=f"equal answers: {labels}")


def taken(visit: Visit, found: Tag) -> Finding:
    """The collector would take a yes of this page's origin for this site."""
    what = "site and origin"
    if visit.answer == 403:
        problem = (
            f'The collector takes no yes from {origin(visit.href)} for the site "{found.site}". Correct data-site, or '
            f"there: byleave site set {found.site} --alias {host(visit.href)}; only pages over HTTPS count."
        )
        return Finding(what, False, problem)
    well = visit.answer == 409
    problem = f"{found.base} does not answer as a collector ({visit.answer or 'no answer'}). Look at its log."
    return well_or(what, "" if well else problem, f"{origin(visit.href)} may speak for {found.site}")


def trial(found: Tag, seen: Trial | None) -> Finding:
    """A yes is recorded, an event is stored, and both are taken back."""
    what = "after a yes"
    if seen is None or found.cmp:
        why = "the consent tool has to say it" if found.cmp else "a yes counts a real visit; --trial makes one"
        return Finding(what, None, detail=f"not tried: {why}")
    if seen.consent != 201:
        return Finding(what, False, f"The yes was answered {seen.consent or 'nothing'}, not 201. Look at the log.")
    if seen.withdrawn != 204:
        problem = f"The trial visit could not be withdrawn; erase it with: byleave erase {seen.key}"
        return Finding(what, False, problem)
    if seen.events != 202:
        return Finding(
            what, False, f"No event was stored ({seen.events or 'no answer'}, not 202). The yes is withdrawn."
        )
    return Finding(
        what, True, detail="yes 201, event 202; withdrawn again: only the consent log keeps that there was a yes"
    )


def tools(visit: Visit, found: Tag | None) -> list[Finding]:
    """Consent tools of the page, what they grant to somebody who was asked nothing, and whether the tag follows."""
    what = "consent tool"
    wanted = found.cmp.replace(",", " ").split() if found else []
    lost = [name for name in wanted if name not in visit.tools and (name != "auto" or not visit.tools)]
    findings = [Finding(what, False, f'data-cmp names "{name}", which is not on the page.') for name in lost]
    for name, granted in visit.tools.items():
        follows = name in wanted or "auto" in wanted
        told = "the tag follows it" if follows else f'the tag does not follow it; data-cmp="{name}" would'
        grants = f"grants before any choice: {granted}, which is no consent" if granted else "grants nothing yet"
        findings.append(Finding(what, None, detail=f"{name} {grants}; {told}"))
    return findings


def others(visit: Visit) -> list[Finding]:
    """Cookies that are not ours: only told, since another tool's silence is not ours to prove."""
    names = sorted(
        {f"{one['name']} ({one['domain']})" for one in visit.cookies if not one["name"].startswith("byleave")}
    )
    told = f"cookies before any choice that are not Byleave's ({len(names)}): {', '.join(names[:8])}"
    return [Finding("others", None, detail=told)] if names else []


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _directive(name: str) -> str:
    return "script-src" if name.startswith("script-src") else name
