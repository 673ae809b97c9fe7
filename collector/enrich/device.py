"""Browser, operating system and kind of device from a user agent: families and one major version, nothing finer.

What a user agent cannot tell, this cannot: an iPad in its desktop mode (the default since iPadOS 13) says that it is a
Mac, and Chrome freezes version and model details. Nothing else, such as client hints or screen sizes, is asked for.
"""

import re
from typing import NamedTuple

from ua_parser import Parser, load_lazy_builtins
from ua_parser.regex import Resolver
from user_agents import parsers as user_agents  # type: ignore[import-untyped]

_OTHER = "Other"  # ua-parser's own word for a family it does not know

# Browsers inside apps that ua-parser takes for the web view they are made of, or for a sibling: name → mark, version.
APPS = {
    "Facebook Messenger": r"(?:Orca-Android|MessengerForiOS);FBAV/(?P<{}>\d+)",
    "LinkedIn": r"\[LinkedInApp\]/(?P<{}>\d+)",
    "Reddit": r"\bReddit/Version (?P<{}>\d+)",
    "Threads": r"\bBarcelona (?P<{}>\d+)",
    "Viber": r"\bViber/(?P<{}>\d+)",
    "WeChat": r"\bMicroMessenger/(?P<{}>\d+)",
}
_APP = re.compile("|".join(mark.format(f"_{number}") for number, mark in enumerate(APPS.values())))
# The same browser under the names it has on phones. In-app browsers keep the name of their app.
BROWSERS = {
    "Android": "Android Browser",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile WebView": "Android WebView",
    "Chrome Mobile iOS": "Chrome",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Ecosia Android": "Ecosia",
    "Ecosia iOS": "Ecosia",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "IE": "Internet Explorer",
    "IE Large Screen": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "iOS WebView",
    "Opera Mobile": "Opera",
    "QQ Browser Mobile": "QQ Browser",
    "Twitter": "X",
    "WeChat Browser": "WeChat",
}
SYSTEMS = {
    "ATV OS X": "tvOS",
    "Chrome OS": "ChromeOS",
    "Mac OS": "macOS",
    "Mac OS X": "macOS",
    "Web0S": "webOS",  # LG writes it with a nought
    **dict.fromkeys(
        ("Arch Linux", "CentOS", "Debian", "Fedora", "Gentoo", "Kubuntu", "Linux Mint", "Mandriva", "Mageia", "Puppy",
         "PCLinuxOS", "Red Hat", "SUSE", "Slackware", "Ubuntu", "VectorLinux", "Xubuntu", "openSUSE"),
        "Linux",
    ),
}  # fmt: skip
# Screens that are neither desk, lap nor hand: television sets and boxes, consoles, headsets, cars, watches.
_SOMETHING_ELSE = re.compile(
    r"Smart-?TV|SMART-TV|Google ?TV|Android ?TV|Apple ?TV|HbbTV|NetCast|Web0S|\bwebOS\b.*TV|BRAVIA|\bAFT[A-Z]|CrKey|"
    r"Roku|VIDAA|Viera|DTV|Tizen.*\bTV\b|LG Browser|PhilipsTV|MiTV|MiBOX|Chromecast|SHIELD Android|PlayStation|Xbox|"
    r"Nintendo|Steam (?:GameOverlay|Tenfoot)|OculusBrowser|Quest \d|PICO |Tesla/|QtCarBrowser|\bWatch\d|Wear OS"
)
_READER = re.compile(r"\bKindle/|\bKobo\b|PocketBook|\btolino\b|\bBNRV\d|\bNOOK\b")


class Device(NamedTuple):
    """What a row holds of a user agent; `device` is desktop, mobile, tablet or other."""

    browser: str
    browser_major: int | None
    os: str
    device: str


class UserAgent(user_agents.UserAgent):  # type: ignore[misc]  # the package has no annotations
    """user-agents' own class, filled by ua-parser's Rust engine: the same answers, about 17 times sooner."""

    def __init__(self, user_agent: str) -> None:
        result = _PARSER.parse(user_agent).with_defaults()
        browser, system, device = result.user_agent, result.os, result.device
        self.ua_string = user_agent
        self.browser = user_agents.parse_browser(
            browser.family, browser.major, browser.minor, browser.patch, browser.patch_minor
        )
        self.os = user_agents.parse_operating_system(
            system.family, system.major, system.minor, system.patch, system.patch_minor
        )
        self.device = user_agents.parse_device(device.family, device.brand, device.model)


def device_of(user_agent: str) -> Device:
    """Families and kind of device; "Other" and "other" where the user agent does not say."""
    parsed = UserAgent(user_agent.encode("utf-8", "replace").decode())  # the engine takes no lone surrogate
    browser, major = _browser(parsed)
    return Device(browser, major, SYSTEMS.get(parsed.os.family, parsed.os.family), _kind(parsed))


def _browser(parsed: UserAgent) -> tuple[str, int | None]:
    """Family and major version."""
    if app := _APP.search(parsed.ua_string):
        name, version = next((name, told) for name, told in zip(APPS, app.groups(), strict=True) if told)
        return name, int(version) if len(version) < 6 else None
    major = parsed.browser.version[0] if parsed.browser.version else None
    family = BROWSERS.get(parsed.browser.family, parsed.browser.family)
    return family, major if isinstance(major, int) and major < 2**31 else None


def _kind(parsed: UserAgent) -> str:
    agent = parsed.ua_string
    if _SOMETHING_ELSE.search(agent):
        return "other"
    if _is_tablet(parsed):
        return "tablet"
    if parsed.is_mobile or parsed.is_tablet or parsed.os.family in ("KaiOS", "HarmonyOS"):
        return "mobile"
    return "desktop" if parsed.is_pc else "other"


def _is_tablet(parsed: UserAgent) -> bool:
    """As user-agents says, but on Android, where it takes all without "Mobile Safari" for one, by the agent's words.

    An e-reader is a tablet, too.
    """
    if _READER.search(parsed.ua_string):
        return True
    if parsed.os.family != "Android" or parsed.device.family in user_agents.TABLET_DEVICE_FAMILIES:
        return bool(parsed.is_tablet)
    if "Tablet" in parsed.ua_string:
        return True
    return bool(parsed.is_tablet) and not re.search(r"\bMobile\b|Opera Mini", parsed.ua_string)


_PARSER = Parser(Resolver(load_lazy_builtins()))
