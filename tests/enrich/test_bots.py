"""Known crawlers are caught, no browser of a person is, and no pattern is lost on its way into re2."""
# ruff: noqa: E501  # user agents are long

import pytest
import re2  # type: ignore[import-untyped]
from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]

from collector.enrich import bots
from collector.enrich.bots import is_bot
from tests.enrich.agents import BROWSERS
from tests.enrich.formats import agents

_CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
TOOLS = {
    "empty": "",
    "blank": "  ",
    "dash": "-",
    "curl": "curl/8.5.0",
    "wget": "Wget/1.21.4",
    "httpie": "HTTPie/3.2.2",
    "python-requests": "python-requests/2.32.3",
    "python-urllib": "Python-urllib/3.12",
    "aiohttp": "Python/3.12 aiohttp/3.10.5",
    "httpx": "python-httpx/0.27.2",
    "go": "Go-http-client/2.0",
    "okhttp": "okhttp/4.12.0",
    "java": "Java/17.0.12",
    "apache": "Apache-HttpClient/4.5.14 (Java/17.0.12)",
    "node": "node",
    "node-fetch": "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "axios": "axios/1.7.7",
    "undici": "undici",
    "postman": "PostmanRuntime/7.42.0",
    "insomnia": "insomnia/10.1.1",
    "dart": "Dart/3.5 (dart:io)",
    "ruby": "Ruby",
    "perl": "libwww-perl/6.77",
    "php": "GuzzleHttp/7",
    "powershell": "Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.22621.4391",
    "cfnetwork": "MyApp/1 CFNetwork/1498.700.2 Darwin/23.6.0",
    "dalvik": "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A.240805.005)",
    "headless chrome": f"{_CHROME} HeadlessChrome/131.0.0.0 Safari/537.36",
    "phantomjs": "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    "headless edge": f"{_CHROME} HeadlessEdg/131.0.0.0 Safari/537.36",
    "jsdom": "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.0.0",
    "happy-dom": "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HappyDOM/20.0.0",
    "the word that all browsers begin with": "Mozilla/5.0",
    "the word and nothing else": "Mozilla/5.0 (compatible)",
    "scrapy": "Scrapy/2.13.0 (+https://scrapy.org)",
    "deno": "Deno/2.1.4",
    "lighthouse": f"{_CHROME} Chrome/131.0.0.0 Safari/537.36 Chrome-Lighthouse",
    "googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "googlebot phone": "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.6778.69 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "gptbot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "unheard-of bot": "Mozilla/5.0 (compatible; NewThingBot/0.1; +https://thing.example/bot)",
    "unheard-of crawler": "Mozilla/5.0 (compatible; thing-crawler 2)",
    "crawler posing as a Cubot": "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (compatible; Googlebot/2.1)",
    "log injection": "x\r\nlevel=error",
    "lone surrogate": "\ud800",
    "very long": "a" * 100_000,
}


@pytest.mark.parametrize("agent", TOOLS.values(), ids=TOOLS.keys())
def test_tools_and_crawlers_are_bots(agent: str) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize("agent", [row[1] for row in BROWSERS], ids=[row[0] for row in BROWSERS])
def test_no_browser_of_a_person_is_refused(agent: str) -> None:
    assert not is_bot(agent)


def test_no_browser_is_refused_in_any_version_of_its_format() -> None:
    refused = [(name, agent) for name, agent, _ in agents() if is_bot(agent)]
    assert not refused


def test_the_tables_of_browsers_are_wide() -> None:
    assert len(BROWSERS) >= 60
    assert len({agent for _, agent, _ in agents()}) >= 200


def test_known_bot_strings_are_caught() -> None:
    known = [agent for crawler in CRAWLER_USER_AGENTS_DATA for agent in crawler["instances"]]
    missed = [agent for agent in known if not is_bot(agent)]
    assert len(known) > 2000
    assert len(missed) <= len(known) * 0.01, missed


def test_every_pattern_of_the_package_is_in_and_means_the_same_to_re2() -> None:
    assert len(bots.PATTERNS) == len(CRAWLER_USER_AGENTS_DATA) > 1000
    for crawler in CRAWLER_USER_AGENTS_DATA:
        pattern = re2.compile(crawler["pattern"])
        missed = [agent for agent in crawler["instances"] if not pattern.search(agent)]
        assert not missed, crawler["pattern"]
        assert f"(?:{crawler['pattern']})" in bots._CRAWLER.pattern
