"""Strip: what a browser sent, turned into what may be stored. The one place where raw meets stored.

Each rule is a row of the tables below; what it finds becomes `*`. ALWAYS holds everywhere. UNLESS_KEPT holds everywhere
but on the paths that a site names in its `path_keep`. Before a rule looks, encodings are undone as often as they were
done, and characters that only look like others (a fullwidth @, an invisible joiner) are read as what they look like.
What came in lives in local variables alone: nothing here logs or raises with it. Remembered, within a bound, is only
what may be stored: what goes out exactly as it came in, and other pages' outcomes under keyed hashes of what came in.

All rules are here. Apart from them lie only the questions that a pattern cannot ask: what a text reads as (unmask.py),
whether letters are random (gibberish.py), digits a phone number and no date (phone.py), base64 an address (veiled.py).
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from collector.enrich.memo import Memo
from collector.gibberish import SHORTEST, looks_random
from collector.phone import NUMBER, is_phone
from collector.unmask import decoded, is_disguised, unmasked, visible
from collector.veiled import VEILED, hides_address

LONGEST_URL = 2048
LONGEST_NAME = 64
LONGEST_HOST = 253  # RFC 1035
HELD = 4_096  # texts that are remembered of each sort
LONGEST_HELD = 256  # a short path of another script takes that much, percent-encoded


class Rule(NamedTuple):
    what: str
    finds: re.Pattern[str]
    becomes: str | Callable[[re.Match[str]], str] = "*"


_WORD = r"[^\s/?&=,;:<>()\"|@]"  # what both sides of an e-mail address are made of, in any script
_WORD_OR_AT = _WORD.replace("@", "")
UUID = Rule("UUID", re.compile(r"(?i)[0-9a-f]{8}(?:[-_ .:][0-9a-f]{4}){3}[-_ .:][0-9a-f]{12}"))
ALWAYS = (
    # jane@example.com, "jane doe"@example.com, @jane@example.social, jane@localhost; not the picture logo@2x.png nor
    # the version react@18.2.0
    Rule("e-mail", re.compile(
        rf"(?<!{_WORD_OR_AT})@*(?:{_WORD}{_WORD_OR_AT}*|\"[^\"/]*\")[ \t]{{0,3}}"
        rf"@(?!\dx\.(?:png|jpe?g|gif|webp|avif|svg)\b)"
        rf"(?:[^\W\d_]|\[?\d+\.\d+\.\d+\.\d|(?:[ \t]{{1,3}}(?={_WORD}))?{_WORD}*\.[^\W\d_]{{2}}){_WORD}*"
    )),
    # jane (at) example.com, jane [at] example [dot] com; in quoted-printable (RFC 2045), UTF-7 and CSS or C escapes
    Rule("e-mail spelt out", re.compile(
        rf"(?i)(?<!{_WORD}){_WORD}+(?: ?[(\[{{] ?(?:at|@) ?[)\]}}] ?|=40(?=[a-z])|\+AEA-|\\(?:100|0{{0,4}}40 ?))"
        rf"{_WORD}{{1,63}}?(?:\.| ?[(\[{{] ?(?:dot|\.) ?[)\]}}] ?)"
        rf"[^\W\d_]{{2}}{_WORD}*"
    )),
    Rule("e-mail in base64 or hexadecimal", VEILED, lambda found: "*" if hides_address(found[0]) else found[0]),
    UUID,
    Rule("JWT", re.compile(r"(?<![\w-])((?>[\w-]*?(?=eyJ)))[\w-]{9,}+(?:\.[\w-]*)++"), r"\1*"),
)  # fmt: skip
UNLESS_KEPT = (
    # with the letters and digits around them, lest a longer secret leave its ends
    Rule("hexadecimal", re.compile(r"(?i)(?<![a-z0-9])[a-z0-9]*?[0-9a-f]{16,}[a-z0-9]*")),
    # a network card's or a fingerprint's, and quoted-printable (RFC 2045)
    Rule("hexadecimal in pairs", re.compile(
        r"(?i)(?<![^\W_])(?:(?:[0-9a-f]{2}:){5,}+|(?:[0-9a-f]{2}[ -]){7,}+)[0-9a-f]{2}(?![^\W_])|(?:=[0-9a-f]{2}){8,}+"
    )),
    Rule("digits", re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]*?\+?\d{9,}[A-Za-z0-9]*")),
    Rule("phone number", NUMBER, lambda found: "*" if is_phone(found[0]) else found[0]),
    Rule("padded base64", re.compile(r"(?<![A-Za-z0-9_+-])[A-Za-z0-9_+-]{10,}+={1,2}(?![^\s/])")),
    # as AWS and Stripe name theirs; most others' are random enough
    Rule("API key", re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,}|(?:[prs]k|whsec)_(?:live|test)_\w+")),
    Rule("random token", re.compile(rf"[A-Za-z0-9_+-]{{{SHORTEST},}}"),
         lambda found: "*" if looks_random(found[0]) else found[0]),
)  # fmt: skip
# ;jsessionid=… and what else a server hides in a path as name=value; on kept paths too.
MATRIX = Rule("matrix parameter", re.compile(r"([;&])[^/;&=]*=[^/;&]*"), r"\1*")
# A segment made of such words announces a secret in the two segments after it (/password/reset/MQ/5h3-a1b2): what there
# mixes digits or capitals into letters, or is long, becomes `*`.
_ANNOUNCES = (
    r"reset|verify|verification|confirm|confirmation|activate|activation|unsubscribe|invite|invitation|token|otp|optin|"
    r"recover|recovery|forgot|magic[-_]?link|resetpassword|passwordreset|password|auth|oauth|session|sessionid|sid|apikey|"
    r"phpsessid|jsessionid|resets|verifications|confirmations|activations|invites|invitations|validate|opt[-_]?out"
)
_BESIDE = (
    r"password|passwort|passwd|email|mail|account|user|magic|link|login|newsletter|new|my|opt|in|key|code|set|"
    r"change|create|accept|wp|sign"
)
# The longest word first and none taken back: a word in two ways would take for ever where it repeats.
_WORDS = "|".join(sorted({*_ANNOUNCES.split("|"), *_BESIDE.split("|")}, key=len, reverse=True))
RESET = re.compile(rf"(?i)(?<=/)(?=[^/]*(?:{_ANNOUNCES}))((?:(?:{_WORDS})[-_]?)++)((?:/+[^/]+){{1,2}})")
# /(S(lit3py55t21z5v55vlm25s55))/: a session of ASP.NET that goes without cookies.
# /token=abc12: a name that tells a secret, without the semicolon of a matrix parameter.
NAMED = (
    Rule("ASP.NET session", re.compile(r"(?<=/)\((?:[A-Z]\([^()/]*\))+\)(?=/|$)")),
    Rule("named secret", re.compile(
        r"(?i)(?<![^/,])((?:[\w.-]{0,40}(?:token|passw|secret|sessi?o?n?id|jwt|api[-_]?key)[\w.-]{0,40}|sid|sig|auth|otp|pwd)=)"
        r"[^/,;&]+"), r"\1*"),
)  # fmt: skip
# What `query_keep` cannot keep: a parameter that by its name is a secret.
SECRET_NAME = re.compile(
    r"(?i).*(?:token|passw|secret|session|sessid|jwt|api[-_]?key|signature|credential).*|sid|sig|auth|otp|pwd"
)
_CODE = re.compile(r"\d{5}|[^\W\d_]{16}|[^\W\d_]\d|\d[^\W\d_]|[a-z][A-Z]|[A-Z]{2}")
_VERSION = re.compile(r"(?<![^\W_])[vV]\d{1,4}(?![^\W_])")

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
# The parameters that advertising networks add to a click, by name; the value identifies the click and is never read.
AD_NETWORKS = {
    "gclid": "Google Ads", "gbraid": "Google Ads", "wbraid": "Google Ads", "gclsrc": "Google Ads",
    "gad_source": "Google Ads", "gad_campaignid": "Google Ads", "dclid": "Google Display", "msclkid": "Microsoft Ads",
    "fbclid": "Meta", "ttclid": "TikTok", "li_fat_id": "LinkedIn", "twclid": "X", "epik": "Pinterest",
    "sccid": "Snapchat", "rdt_cid": "Reddit", "qclid": "Quora", "yclid": "Yandex", "rb_clickid": "VK", "vmcid": "Yahoo",
    "tblci": "Taboola", "dicbo": "Outbrain", "obclid": "Outbrain", "cto_pld": "Criteo", "bd_vid": "Baidu",
    "gdt_vid": "Tencent", "irclickid": "impact.com", "awc": "Awin", "cjevent": "CJ",
}  # fmt: skip

# Most paths match this and need no further look: words of at most 15 letters, short model names, numbers.
_ORDINARY = re.compile(
    r"/(?:(?:[A-Z]?[a-z]{1,15}|[A-Za-z][a-z]{0,10}[0-9]{1,4}|[0-9]{1,8}[a-z]{0,2})(?![A-Za-z0-9])[/._-]?)*+"
)
_ordinary: set[str] = set()
_clean: set[str] = set()
_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")
_FEWEST_SECRET_DIGITS = 9
_MOST_ROUNDS = 8
_HIDDEN_QUERY = re.compile(r"[?#].*=.*", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+=*")
_PARAMETER = re.compile(r"(?:^|[?&;])([^=?&;#]{1,40})")
# jane\u0040example.com, as browsers turn the backslash in a path
_ESCAPED_AT = re.compile(r"(?i)[^/]+/(?:u00|x)40[\w-]+\.[^/]*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"(?:[^/?#]*@)?([^/?#]*)")
_HOST = re.compile(r"(?:[a-z0-9_*](?:[a-z0-9._*-]{0,251}[a-z0-9_*])?|\[[0-9a-f:.]+\])")
_ADDRESS = re.compile(r"[\d.]+|\[.*")
_DEFAULT_PORTS = {"80", "443"}


def path(raw: str, query_keep: Collection[str] = (), path_keep: Collection[str] = ()) -> str:
    """The page's path, decoded and scrubbed: `/` first, at most 2 048 characters, no fragment.

    Of the query stay the names in `query_keep`, in that order, with scrubbed values. A path that matches a glob of
    `path_keep` (`*` any run, `?` one character) is spared UNLESS_KEPT and RESET, never ALWAYS and MATRIX. A parameter
    that names a secret or an advert's click is not kept, whoever asks for it.
    """
    if len(raw) > LONGEST_URL:
        raw = raw[: LONGEST_URL - 1].rpartition("/")[0] + "/*"
    page, _, query = raw.partition("#")[0].partition("?")
    if _is_ordinary(page):
        return page + _kept(query, query_keep) if query and query_keep else page
    page = (_seen_before if len(page) <= LONGEST_HELD else _scrubbed_page)((page, tuple(path_keep)))
    return page + _kept(query, query_keep) if query and query_keep else page


def target(raw: str, kind: str, host: str, query_keep: Collection[str] = (), path_keep: Collection[str] = ()) -> str:
    """What was clicked on a page of `host`; "" where nothing may be said.

    For a button or form `raw` is the owner's name for it. A link is a path on the own host and `host/path` elsewhere
    (with its port unless 80 or 443, without user and query), or, without a host, its scheme alone: `mailto:`, `tel:`.
    """
    if kind in ("button", "form"):
        return text(raw, LONGEST_NAME)
    url = visible(raw[: LONGEST_URL + 1]).strip().replace("\\", "/")
    scheme = _SCHEME.match(url)
    rest = url[scheme.end() :] if scheme else url
    if rest.startswith("//"):
        rest = rest.lstrip("/")
    elif scheme and "." not in scheme[1] and scheme[1] != "localhost":
        return _scrub(scheme[1].lower()) + ":"
    elif kind == "outbound" and not url.startswith("/"):
        rest = url
    else:
        return path(url, query_keep, path_keep) if url else ""
    where = _host(rest)
    if where is None:
        return ""
    tail = rest[len(_AUTHORITY.match(rest)[0]) :]  # type: ignore[index]  # matches any text
    name, port = where
    if name == host.lower():
        return path(tail, query_keep, path_keep)
    return name + (f":{port}" if port and port not in _DEFAULT_PORTS else "") + path(tail)


def own_host(origin_host: str) -> str:
    """A hostname below a `*.` alias of the site, scrubbed: it may hold a customer's number or address."""
    return text(origin_host, LONGEST_HOST)


def referrer_host(raw: str) -> str | None:
    """The host that referred, in lower-case ASCII without port; `android-app://<package>` for an app; None for none.

    A bare network address names a machine, perhaps the visitor's own, and gives None.
    """
    scheme, mark, rest = raw[:LONGEST_URL].strip().partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in ("http", "https", "android-app"):
        return None
    where = _host(rest.replace("\\", "/"))
    if where is None or _ADDRESS.fullmatch(where[0]):
        return None
    return where[0] if scheme in ("http", "https") else f"{scheme}://{where[0]}"


def utm(raw_query: str) -> dict[str, str]:
    """The utm values of a query or URL (the first of each), scrubbed, at most 64 characters; no empty ones."""
    found: dict[str, str] = {}
    if "utm" not in raw_query.lower():
        return found
    for name, value in _parameters(raw_query[:LONGEST_URL].partition("#")[0].rpartition("?")[2]):
        if name.lower() in UTM and (clean := text(value, LONGEST_NAME)):
            found.setdefault(name.lower(), clean)
    return found


def ad_network(raw_query: str) -> str | None:
    """The network of the first ad-click parameter in a query or URL, by the parameter's name; its value is not read."""
    for name in _PARAMETER.findall(raw_query[:LONGEST_URL]):
        if network := AD_NETWORKS.get(decoded(name).lower()):
            return network
    return None


def text(raw: str, limit: int) -> str:
    """A name or value of the owner's (event name, property, utm value), scrubbed, at most `limit` characters."""
    if raw in _clean and len(raw) <= limit:
        return raw
    clean = _scrubbed_text(raw, limit)
    if clean == raw:
        _remember(_clean, raw)
    return clean


def _scrubbed_text(raw: str, limit: int) -> str:
    clean = _spaced(visible(_spaced(raw[:LONGEST_URL])))
    if clean.isascii() and clean.isalpha() and clean[1:].islower() and len(clean) < SHORTEST:
        return clean[:limit]
    clean = _stable(clean, lambda seen: _spaced(_scrub_disguised(seen)))
    if len(clean) > limit:
        clean = _stable(clean[:limit].rstrip(), lambda seen: _spaced(_scrub_disguised(seen)))
    return clean


def _spaced(text: str) -> str:
    """`text` with one space for each run of white space, and none at its ends."""
    return " ".join(text.split())


def _is_ordinary(raw: str) -> bool:
    """Whether no rule can find anything: the short way of most events (1 µs, or none, instead of 10 to 20)."""
    if raw in _ordinary:
        return True
    digits = len(raw) - len(raw.translate(_WITHOUT_DIGITS))
    ordinary = (
        digits < _FEWEST_SECRET_DIGITS
        and _ORDINARY.fullmatch(raw) is not None
        and not (digits and RESET.search(raw))
        and not (sum(map(raw.count, "-_.")) >= 4 and UUID.finds.search(raw))
    )
    if ordinary:
        _remember(_ordinary, raw)
    return ordinary


def _remember(texts: set[str], unchanged: str) -> None:
    if len(unchanged) <= LONGEST_HELD:
        if len(texts) >= HELD:
            texts.clear()
        texts.add(unchanged)


def _stable(seen: str, scrub: Callable[[str], str]) -> str:
    """`scrub` until nothing more is found: what one rule leaves may be another's. Two rounds are the most seen."""
    for _ in range(_MOST_ROUNDS):
        again = scrub(seen)
        if again == seen:
            break
        seen = again
    return seen


def _scrub(seen: str, rules: tuple[Rule, ...] = ALWAYS + UNLESS_KEPT) -> str:
    for _, finds, becomes in rules:
        seen = finds.sub(becomes, seen)
    return seen


def _scrub_disguised(shown: str, rules: tuple[Rule, ...] = ALWAYS + UNLESS_KEPT) -> str:
    """`shown` scrubbed; where only its plain reading gives a secret away, that reading scrubbed. Never longer."""
    if is_disguised(shown):
        if shown.lower().count("xn--") > _MOST_ROUNDS:
            return "*"  # no host has so many labels of another script, and each round would undo some of them
        plain = unmasked(shown)
        if len(plain) > LONGEST_URL:
            return "*"  # one character may read as 18: nobody writes that, and all rules would look at it
        scrubbed = _scrub(plain, rules)
        if scrubbed != plain:
            return scrubbed if len(scrubbed) <= len(shown) else "*"
    return _scrub(shown, rules)


def _scrubbed_page(raw: tuple[str, tuple[str, ...]]) -> str:
    """The page of (page, path_keep), decoded and scrubbed: 20 to 60 µs where it is long or of another script."""
    page, path_keep = raw
    page = _HIDDEN_QUERY.sub("", "/".join(map(_segment, page.split("/"))))
    page = _stable("/" + page.lstrip("/"), lambda seen: _scrub_page(seen, path_keep))
    return page.replace("?", "%3F").replace("#", "%23")


_seen_before = Memo(_scrubbed_page, HELD)


def _scrub_page(page: str, path_keep: tuple[str, ...]) -> str:
    page = "/".join(_scrub_disguised(segment, ALWAYS) for segment in page.split("/"))
    page = _scrub(MATRIX.finds.sub(MATRIX.becomes, _ESCAPED_AT.sub("*", page)), NAMED)
    if path_keep and _globs(path_keep).fullmatch(page):
        return page
    if is_disguised(page):
        page = "/".join(_scrub_disguised(segment, UNLESS_KEPT) for segment in page.split("/"))
    page = _scrub(page, UNLESS_KEPT)
    return RESET.sub(_announced, page)


def _announced(found: re.Match[str]) -> str:
    after = (segment if not _CODE.search(_VERSION.sub("", segment)) else "*" for segment in found[2].split("/"))
    return found[1] + "/".join(after)


def _segment(raw: str) -> str:
    """One segment of a raw path, decoded; base64 whose slashes were encoded is judged while still in one piece."""
    clean = decoded(raw)
    if "/" in clean and _BASE64.fullmatch(clean) and looks_random(clean.rstrip("=").replace("/", "")):
        return "*"
    return clean


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    """The (name, value) pairs of a query, decoded. `+` is a space, but not in an e-mail address or before a number."""
    for pair in visible(query).split("&"):
        name, _, value = pair.partition("=")
        clean = decoded(value)
        if "+" in value and "@" not in clean:
            clean = decoded(value[:1] + value[1:].replace("+", " "))
        yield decoded(name), clean


def _kept(query: str, names: Collection[str]) -> str:
    found = list(_parameters(query))
    pairs = [
        (name, _stable(value, _scrub_disguised))
        for name in names
        for key, value in found
        if key == name and value and not SECRET_NAME.fullmatch(name) and name.lower() not in AD_NETWORKS
    ]
    return "?" + "&".join(f"{name}={_quoted(value)}" for name, value in pairs) if pairs else ""


def _quoted(value: str) -> str:
    for character in "+&#":
        value = value.replace(character, f"%{ord(character):X}")
    return value.replace(" ", "+")


def _host(rest: str) -> tuple[str, str] | None:
    """(host, port or "") at the start of `rest`, without user and password, in lower-case ASCII; None if no host."""
    authority = decoded(_AUTHORITY.match(rest)[1]).lower()  # type: ignore[index]  # matches any text
    name, colon, port = authority.rpartition(":")
    if not colon or (port and not port.isdigit()):
        name, port = authority, ""
    if len(name) > LONGEST_HOST:
        return None  # before what takes long with it
    try:
        name = name.rstrip(".") if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    name = _stable(name, _scrub_disguised)
    return (name, port) if _HOST.fullmatch(name) else None


@lru_cache(64)
def _globs(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_glob, patterns)), re.DOTALL)


def _glob(pattern: str) -> str:
    """The first place where a part fits will do for all after it: no other is tried, lest many `*` take for ever."""
    first, *parts = ("".join("." if sign == "?" else re.escape(sign) for sign in part) for part in pattern.split("*"))
    return first + "".join(f"(?>.*?{part})" for part in parts[:-1]) + "".join(f".*{part}" for part in parts[-1:])
