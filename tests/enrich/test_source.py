"""Where visits came from: the table's size and shape, and named cases of referrers, campaigns and paid clicks."""

import re
import tomllib
from pathlib import Path

import pytest

from collector import strip
from collector.enrich import source
from collector.enrich.source import ALIASES, MEDIUMS, source_of, table

CHANNELS = {"Direct", "Search", "Social", "AI", "Email", "Video", "News", "Paid", "Campaign", "Referral"}


def own(host: str) -> bool:
    return host in ("me.example", "www.me.example")


def _hosts(channel: str) -> list[str]:
    return [host for host, (_, kind) in table().items() if kind == channel and not host.startswith("app:")]


def test_the_table_is_as_wide_as_promised() -> None:
    sites = tomllib.loads(Path(source.__file__).with_name("sources.toml").read_text("utf-8"))
    assert len(_hosts("Search")) >= 250
    assert len(sites["Search"]) >= 150
    assert len(sites["Social"]) >= 80
    assert len(sites["AI"]) >= 15
    assert min(len(sites[kind]) for kind in ("Email", "Video", "News")) >= 25
    assert sum(host.startswith("app:") for host in table()) >= 80


def test_the_page_for_owners_tells_the_size_of_the_table() -> None:
    told = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")
    sites = tomllib.loads(Path(source.__file__).with_name("sources.toml").read_text("utf-8"))
    numbers = [
        int(number)
        for number in re.findall(r"about (\d+) [a-z]+ engines with (\d+) hosts, (\d+) n.*? (\d+) AI", told)[0]
    ]
    counted = [len(sites["Search"]), len(_hosts("Search")), len(sites["Social"]), len(sites["AI"])]
    assert all(abs(number - count) < 10 for number, count in zip(numbers, counted, strict=True)), counted


def test_the_page_for_owners_names_every_channel_and_its_mediums() -> None:
    told = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")
    assert {row for row in re.findall(r"^\| (\w+) \| ", told, re.MULTILINE) if row != "channel"} == CHANNELS
    mediums = set(re.findall(r"`([a-z_-]+)`", told.partition("## The mediums")[2].partition("## ")[0]))
    assert mediums == set(MEDIUMS) - {name for name in MEDIUMS if " " in name}


def test_the_table_is_well_formed() -> None:
    channels = tomllib.loads(Path(source.__file__).with_name("sources.toml").read_text("utf-8")).values()
    hosts = [host for sites in channels for named in sites.values() for host in named]
    assert len(hosts) == len(set(hosts))
    assert all(re.fullmatch(r"(app:)?[a-z0-9-]+(\.[a-z0-9_-]+)*\.([a-z0-9-]+|\*)", host) for host in hosts)
    assert not any(host.startswith("www.") for host in hosts)
    assert {kind for _, kind in table().values()} <= CHANNELS
    assert set(MEDIUMS.values()) <= CHANNELS


def test_aliases_and_networks_name_sites_of_the_table() -> None:
    names = {name for name, _ in table().values()}
    assert set(ALIASES.values()) <= names
    assert set(source._AD_SITES.values()) <= names
    assert set(source._AD_SITES) <= set(strip.AD_NETWORKS.values())
    assert set(strip.AD_NETWORKS.values()) >= source._NOT_ALWAYS_PAID


REFERRERS = {
    "none": ("", None, "Direct"),
    "own": ("https://me.example/a", None, "Direct"),
    "own www": ("https://www.me.example/a", None, "Direct"),
    "google": ("https://www.google.com/", "Google", "Search"),
    "google uk": ("https://www.google.co.uk/", "Google", "Search"),
    "google brazil": ("https://google.com.br/", "Google", "Search"),
    "google germany": ("https://www.google.de/search?q=x", "Google", "Search"),
    "google images": ("https://images.google.fr/", "Google", "Search"),
    "google app": ("android-app://com.google.android.googlequicksearchbox/", "Google", "Search"),
    "google news": ("https://news.google.com/", "Google News", "News"),
    "google news uk": ("https://news.google.co.uk/", "Google News", "News"),
    "gmail": ("https://mail.google.com/", "Gmail", "Email"),
    "gmail app": ("android-app://com.google.android.gm", "Gmail", "Email"),
    "gemini": ("https://gemini.google.com/", "Gemini", "AI"),
    "google docs": ("https://docs.google.com/", "Google Docs", "Referral"),
    "google ads server": ("https://www.googleadservices.com/", "Google Ads", "Paid"),
    "google in another's domain": ("https://google.evil.com/", "google.evil.com", "Referral"),
    "google in another's path": ("https://evil.com/google.com", "evil.com", "Referral"),
    "google at the end of a name": ("https://notgoogle.com/", "notgoogle.com", "Referral"),
    "google hyphenated": ("https://google-com.example/", "google-com.example", "Referral"),
    "evilgoogle": ("https://evilgoogle.com/", "evilgoogle.com", "Referral"),
    "evilgoogle in a country": ("https://www.evilgoogle.co.uk/", "evilgoogle.co.uk", "Referral"),
    "google.com in another's domain": ("https://google.com.evil.example/", "google.com.evil.example", "Referral"),
    "google.com in a country's domain": ("https://google.com.evil.de/", "google.com.evil.de", "Referral"),
    "google with a port and a user": ("https://google.com:443@evil.example/", "evil.example", "Referral"),
    "google after a backslash": (r"https://evil.example\@www.google.com/", "evil.example", "Referral"),
    "google of kenya": ("https://www.google.co.ke/", "Google", "Search"),
    "google of the sahara": ("https://google.com.sa/", "Google", "Search"),
    "duckduckgo's neighbour": ("https://notduckduckgo.com/", "notduckduckgo.com", "Referral"),
    "an app of another name": ("android-app://org.evil.com.whatsapp/", "org.evil.com.whatsapp", "Referral"),
    "a host named like an app": ("https://www.com.whatsapp/", "com.whatsapp", "Referral"),
    "an app on ios": ("ios-app://284882215/fb", None, "Direct"),
    "google under a made-up domain": ("https://google.shop/", "google.shop", "Referral"),
    "bing": ("https://www.bing.com/", "Bing", "Search"),
    "duckduckgo": ("https://duckduckgo.com/", "DuckDuckGo", "Search"),
    "duckduckgo lite": ("https://html.duckduckgo.com/", "DuckDuckGo", "Search"),
    "yahoo": ("https://de.search.yahoo.com/", "Yahoo!", "Search"),
    "yahoo japan": ("https://search.yahoo.co.jp/", "Yahoo!", "Search"),
    "yahoo mail": ("https://mail.yahoo.com/", "Yahoo! Mail", "Email"),
    "yahoo news": ("https://news.yahoo.com/", "Yahoo! News", "News"),
    "yandex": ("https://yandex.ru/", "Yandex", "Search"),
    "yandex turkey": ("https://yandex.com.tr/", "Yandex", "Search"),
    "yandex mail": ("https://mail.yandex.ru/", "Yandex Mail", "Email"),
    "baidu": ("https://m.baidu.com/", "Baidu", "Search"),
    "tieba": ("https://tieba.baidu.com/", "Baidu Tieba", "Social"),
    "ecosia": ("https://www.ecosia.org/", "Ecosia", "Search"),
    "kagi": ("https://kagi.com/", "Kagi", "Search"),
    "facebook": ("https://l.facebook.com/l.php?u=x", "Facebook", "Social"),
    "facebook app": ("android-app://com.facebook.katana/", "Facebook", "Social"),
    "x": ("https://t.co/abc", "X", "Social"),
    "a name that ends in t.co": ("https://evilt.co/", "evilt.co", "Referral"),
    "reddit": ("https://old.reddit.com/", "Reddit", "Social"),
    "linkedin app": ("android-app://com.linkedin.android", "LinkedIn", "Social"),
    "hacker news": ("https://news.ycombinator.com/", "Hacker News", "Social"),
    "mastodon": ("https://mastodon.social/", "Mastodon", "Social"),
    "blogspot": ("https://jane.blogspot.com/", "Blogger", "Social"),
    "chatgpt": ("https://chatgpt.com/", "ChatGPT", "AI"),
    "chatgpt old": ("https://chat.openai.com/", "ChatGPT", "AI"),
    "claude": ("https://claude.ai/", "Claude", "AI"),
    "perplexity": ("https://www.perplexity.ai/", "Perplexity", "AI"),
    "copilot": ("https://copilot.microsoft.com/", "Copilot", "AI"),
    "outlook": ("https://outlook.live.com/", "Outlook", "Email"),
    "safe link": ("https://eur02.safelinks.protection.outlook.com/", "Outlook", "Email"),
    "gmx": ("https://deref-gmx.net/", "GMX Mail", "Email"),
    "mailchimp": ("https://site.us5.list-manage.com/", "Mailchimp", "Email"),
    "youtube": ("https://m.youtube.com/", "YouTube", "Video"),
    "vimeo": ("https://player.vimeo.com/", "Vimeo", "Video"),
    "bbc": ("https://www.bbc.co.uk/", "BBC", "News"),
    "flipboard": ("https://flipboard.com/", "Flipboard", "News"),
    "other site": ("https://www.blog.example/post", "blog.example", "Referral"),
    "other app": ("android-app://org.example.reader", "org.example.reader", "Referral"),
    "punycode": ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example", "Referral"),
    "look-alike of google": ("https://gооgle.com/", "xn--ggle-55da.com", "Referral"),
    "trailing dot": ("https://www.google.com./", "Google", "Search"),
    "spam": ("https://free-traffic.example/?x=1", "free-traffic.example", "Referral"),
    "address": ("http://203.0.113.7/", None, "Direct"),
    "single label": ("http://intranet/", "intranet", "Referral"),
}


@pytest.mark.parametrize(("referrer", "name", "channel"), REFERRERS.values(), ids=REFERRERS.keys())
def test_referrers(referrer: str, name: str | None, channel: str) -> None:
    assert source_of(strip.referrer_host(referrer), own, {}, None) == (name, channel)


CAMPAIGNS = {
    "newsletter": ("", "utm_source=newsletter", "newsletter", "Email"),
    "medium email": ("", "utm_source=Spring&utm_medium=email", "Spring", "Email"),
    "medium e-mail": ("", "utm_medium=E-Mail", "E-Mail", "Email"),
    "cpc": ("", "utm_source=google&utm_medium=cpc", "Google", "Paid"),
    "ppc over a referrer": ("https://duckduckgo.com", "utm_source=bing&utm_medium=ppc", "Bing", "Paid"),
    "paid social": ("https://l.facebook.com", "utm_source=fb&utm_medium=paid_social&fbclid=1", "Facebook", "Paid"),
    "source by name": ("", "utm_source=Facebook", "Facebook", "Social"),
    "source by alias": ("", "utm_source=ig", "Instagram", "Social"),
    "source by host": ("", "utm_source=chatgpt.com", "ChatGPT", "AI"),
    "source by bare host": ("", "utm_source=reddit", "Reddit", "Social"),
    "source by another host": ("", "utm_source=blog.example", "blog.example", "Campaign"),
    "own campaign": ("", "utm_source=Poster&utm_medium=print&utm_campaign=spring", "Poster", "Campaign"),
    "known site, unknown medium": ("", "utm_source=google&utm_medium=profile", "Google", "Search"),
    "campaign alone": ("", "utm_campaign=spring", "spring", "Campaign"),
    "campaign with referrer": ("https://www.google.com", "utm_campaign=spring", "Google", "Campaign"),
    "medium with referrer": ("https://blog.example", "utm_medium=social", "blog.example", "Social"),
    "term alone": ("", "utm_term=shoes", None, "Direct"),
    "term with referrer": ("https://www.google.com", "utm_term=shoes", "Google", "Search"),
    "campaign on an own link": ("https://me.example", "utm_source=banner", "banner", "Campaign"),
    "gclid": ("https://www.google.com", "gclid=1", "Google", "Paid"),
    "gclid without referrer": ("", "gclid=1", "Google", "Paid"),
    "gclid on a partner's site": ("https://blog.example", "gclid=1", "blog.example", "Paid"),
    "msclkid": ("https://www.bing.com", "msclkid=1", "Bing", "Paid"),
    "ttclid": ("", "ttclid=1", "TikTok", "Paid"),
    "twclid": ("https://t.co", "twclid=1", "X", "Paid"),
    "fbclid is on shared links too": ("https://l.facebook.com", "fbclid=1", "Facebook", "Social"),
    "fbclid without referrer": ("", "fbclid=1", "Facebook", "Social"),
    "fbclid of instagram": ("https://l.instagram.com", "fbclid=1", "Instagram", "Social"),
    "network outside the table": ("", "tblci=1", "Taboola", "Paid"),
    "network nobody knows by site": ("", "irclickid=1", "impact.com", "Paid"),
    "source and click": ("", "utm_source=Acme&gclid=1", "Acme", "Paid"),
    "email medium and click": ("", "utm_source=Acme&utm_medium=email&gclid=1", "Acme", "Email"),
    "scrubbed": ("", "utm_source=jane@example.com", "*", "Campaign"),
}


@pytest.mark.parametrize(("referrer", "query", "name", "channel"), CAMPAIGNS.values(), ids=CAMPAIGNS.keys())
def test_campaigns(referrer: str, query: str, name: str | None, channel: str) -> None:
    ad = strip.ad_network(query)
    assert source_of(strip.referrer_host(referrer), own, strip.utm(query), ad) == (name, channel)


def test_every_host_of_the_table_is_found_with_its_subdomains() -> None:
    known = table()
    for host, site in known.items():
        if host.startswith("app:"):
            assert source_of(f"android-app://{host[4:]}", own, {}, None) == site
            continue
        plain = host.replace("*", "de")
        for asked in (plain, f"x7q.{plain}", f"www.{plain}"):
            assert source_of(asked, own, {}, None) == site, asked


def test_the_source_is_none_exactly_when_direct() -> None:
    for host in (None, "me.example", "www.google.com", "blog.example"):
        for query in ("", "utm_term=a", "utm_campaign=a", "utm_source=a", "utm_medium=cpc"):
            for ad in (None, "Meta", "Google Ads", "Awin"):
                name, channel = source_of(host, own, strip.utm(query), ad)
                assert (name is None) == (channel == "Direct")
                assert channel in CHANNELS
