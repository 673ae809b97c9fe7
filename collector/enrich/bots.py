"""Is this user agent a program rather than a person's browser? Such traffic is refused before anything is stored."""

import re
from typing import Any

import re2  # type: ignore[import-untyped]
from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]

# 1 500 patterns need about 30 MB of states in the worst case; re2's own limit of 8 MB would make it slow instead.
_MOST_MEMORY = 64 << 20

# Every pattern of the package crawler-user-agents (MIT), as it is: all of them mean the same to re2.
PATTERNS = tuple(crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA)
# Words that programs use of themselves and that the package may not know yet, in any case.
WORDS = (
    r"(?i:bot\b|bots\b|robot|crawl|spider|slurp|scrap[ei]|fetcher|archiver|headless|phantomjs|puppeteer|playwright|"
    r"selenium|webdriver|\bcypress/|lighthouse|pagespeed|gtmetrix|pingdom|uptime|monitoring|validator|checker\b|"
    r"\+https?://|https?://[^ )]*bot|\bcurl/|\bwget|httpie|python[-/]|aiohttp|urllib|\bjava/|okhttp|go-http|\baxios/|"
    r"node-fetch|undici|\bgot \(|guzzle|libwww|\bruby/|postman|insomnia/|\bdart[/:]|apache-http|powershell|winhttp|"
    r"feed(?:ly|bin|fetch|burner)|\brss\b|\bjsdom/|\bhappydom/|^mozilla/\d\.\d(?: \(compatible\))?$)"
)
# What real browsers write in which a pattern sees a crawler: phones called Cubot, a build of Android 15, the in-app
# browsers of Meta and others. It is taken out before the patterns look, so that a crawler that writes it stays one.
NOT_BOTS = re.compile(
    r"(?i:cubot)[\w .+-]*|\bMetaIAB (?:Facebook|Instagram|Threads)|AP3A\.240617\.008|\bSogouMobileBrowser\b|"
    r"\b(?:Goodreads|Hatena-Bookmark|PayPal|Tumblr|Viber|upday)/[\d.]+"
)
# What every browser that can run the tag says of itself; a text without any of it comes from a program.
_BROWSER = re.compile(r"Mozilla/|Opera[/ ]|AppleWebKit|UCWEB|UCBrowser")
_LONGEST = 2048


def _combined() -> Any:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.never_capture = True
    return re2.compile("|".join(f"(?:{pattern})" for pattern in (*PATTERNS, WORDS)), options)


_CRAWLER = _combined()


def is_bot(user_agent: str) -> bool:
    """Whether `user_agent` is a crawler's, a monitor's, a headless browser's, a tool's, or empty."""
    agent = user_agent[:_LONGEST].encode("utf-8", "replace").decode()  # re2 takes no lone surrogate
    if not _BROWSER.search(agent):
        return True
    return _CRAWLER.search(NOT_BOTS.sub(" ", agent)) is not None
