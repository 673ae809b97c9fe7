"""Where a visit came from: the site's name and its kind, from the referring host, the utm values and an ad click.

The rules, in order (docs/sources.md tells them to owners):
 1. an own host counts as no referrer;
 2. `utm_medium` names the channel where it is a known word (cpc is Paid, newsletter is Email);
 3. an ad click is Paid, but for Meta's, whose parameter hangs on every link that leaves Facebook;
 4. `utm_source`, where it is a site of the table, takes that site's channel; any other campaign is Campaign;
 5. the referring host takes its channel of the table, or is a Referral under its own name;
 6. nothing at all is Direct.
The name comes from `utm_source`, else the referrer, else the advertising network, else the campaign's medium or name.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

DIRECT = "Direct"
# fbclid does not tell a paid click from a shared link.
_NOT_ALWAYS_PAID = {"Meta"}

MEDIUMS = {
    **dict.fromkeys(
        ("ad", "ads", "advert", "adwords", "banner", "content-ad", "cpa", "cpc", "cpe", "cpi", "cpl", "cpm", "cpp",
         "cpv", "display", "displayad", "dsa", "expandable", "googleads", "interstitial", "native", "paid",
         "paid-media", "paid-search", "paid-social", "paid-video", "paid_search", "paid_social", "paid_video",
         "paidsearch", "paidsocial", "paidvideo", "pmax", "ppc", "ppi", "programmatic", "remarketing", "retargeting",
         "sea", "sem", "shopping", "sponsored"),
        "Paid",
    ),
    **dict.fromkeys(("e-mail", "e_mail", "email", "mail", "mailing", "news-letter", "newsletter", "e mail"), "Email"),
    **dict.fromkeys(
        ("sm", "social", "social-media", "social-network", "social_media", "socialmedia", "social media"),
        "Social",
    ),
    **dict.fromkeys(("organic", "search", "seo", "organic-search"), "Search"),
    **dict.fromkeys(("video", "youtube", "vod"), "Video"),
    **dict.fromkeys(("ai", "llm", "chatbot", "assistant"), "AI"),
    **dict.fromkeys(("news", "rss", "feed", "press"), "News"),
    **dict.fromkeys(("referral", "link", "partner"), "Referral"),
}  # fmt: skip
# utm_source values in use that are neither a name nor a host of the table.
ALIASES = {
    "adwords": "Google", "googleads": "Google", "google-ads": "Google", "google_ads": "Google", "an": "Facebook",
    "chat.openai": "ChatGPT", "openai": "ChatGPT", "fb": "Facebook", "facebook-ads": "Facebook", "ig": "Instagram",
    "insta": "Instagram", "li": "LinkedIn", "meta": "Facebook", "msg": "Messenger", "th": "Threads", "tw": "X",
    "twitter": "X", "vk": "VK", "yahoo": "Yahoo!", "yt": "YouTube", "hn": "Hacker News", "hackernews": "Hacker News",
    "duckduckgo": "DuckDuckGo", "ddg": "DuckDuckGo", "wa": "WhatsApp", "tg": "Telegram", "bingads": "Bing",
    "microsoft-copilot": "Copilot", "tiktok-ads": "TikTok", "tt": "TikTok", "stackoverflow": "Stack Overflow",
}  # fmt: skip
_NEWSLETTERS = {"newsletter", "news-letter", "email", "e-mail", "mail", "mailing"}
_AD_SITES = {
    "Google Ads": "Google", "Google Display": "Google", "Microsoft Ads": "Bing", "Meta": "Facebook", "Yahoo": "Yahoo!",
}  # fmt: skip
# What may follow the name in `name.*`: .com, .de, .co.uk, .com.br; not .evil.com.
_COUNTRY_DOMAIN = re.compile(r"(?:com?|org|net|ne|or|gob|gov)\.[a-z]{2}|com|net|org|[a-z]{2}")

Site = tuple[str, str]
_APP = "app:"


def table() -> dict[str, Site]:
    """(name, channel) of every host, `name.*` and `app:package` in sources.toml."""
    channels = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))
    return {host: (name, kind) for kind, sites in channels.items() for name, hosts in sites.items() for host in hosts}


_SITES = table()
_NAMES = {name.lower(): (name, channel) for name, channel in _SITES.values()}


def source_of(
    referrer_host: str | None, own_hosts: Callable[[str], bool], utm: Mapping[str, str], ad: str | None
) -> tuple[str | None, str]:
    """(source, channel) of a pageview; the source is None exactly when the channel is Direct.

    `referrer_host` is strip's; `own_hosts` says whether a host is the site's own; `utm` and `ad` are strip's too. Give
    `ad` only where the consent allows it: it decides the channel.
    """
    host = referrer_host if referrer_host and not own_hosts(referrer_host) else None
    if not utm and not ad:
        return _site(host) if host else (None, DIRECT)
    return _told(host, utm.get("utm_source"), utm.get("utm_medium"), utm.get("utm_campaign"), ad)


@lru_cache(4096)
def _told(
    host: str | None, label: str | None, medium: str | None, campaign: str | None, ad: str | None
) -> tuple[str | None, str]:
    came_from = _site(host) if host else None
    named = _campaign(label) if label else None
    clicked = _advertised(ad) if ad else None
    name = (named or came_from or clicked or (None,))[0] or medium or campaign
    if name is None:
        return None, DIRECT
    channel = MEDIUMS.get((medium or "").lower())
    if channel is None and ad and ad not in _NOT_ALWAYS_PAID:
        channel = "Paid"
    if channel is None and named:
        channel = named[1]
    if channel is None and not medium and not campaign:
        channel = (came_from or clicked or (None, None))[1]
    return name, channel or "Campaign"


def _campaign(label: str) -> Site:
    """What `utm_source` names: a site of the table by name, alias or host, a newsletter, else a campaign."""
    plain = label.lower()
    plain = ALIASES.get(plain, plain).lower()
    if plain in _NAMES:
        return _NAMES[plain]
    if plain in _NEWSLETTERS:
        return label, "Email"
    known = _known(plain.removeprefix("www.")) if "." in plain else _known(plain + ".com")
    return known or _SITES.get(_APP + plain) or (label, "Campaign")


def _advertised(network: str) -> Site:
    """The site that shows a network's adverts."""
    name = _AD_SITES.get(network, network)
    return _NAMES.get(name.lower(), (name, "Paid"))


def _site(host: str) -> Site:
    app = host.partition("://")[2]
    if app:  # a package's name is read from the left: what it ends in says nothing of whose it is
        return _SITES.get(_APP + app) or (app, "Referral")
    plain = host.removeprefix("www.")
    return _known(plain) or (plain, "Referral")


@lru_cache(4096)
def _known(host: str) -> Site | None:
    """The table's longest match for `host`: itself, a domain above it, or a name with a country's domain."""
    labels = host.split(".")
    for start in range(len(labels)):
        if site := _SITES.get(".".join(labels[start:])):
            return site
        for dot in (start + 2, start + 1):
            rest = ".".join(labels[dot:])
            if rest and (site := _SITES.get(".".join(labels[start:dot]) + ".*")) and _COUNTRY_DOMAIN.fullmatch(rest):
                return site
    return None
