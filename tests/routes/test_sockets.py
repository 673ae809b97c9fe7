"""Over real sockets: nobody holds a connection for nothing, smuggles a second request, or sends without an end."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.request import Request, urlopen

import pytest
from blockbuster import BlockBuster

from tests.e2e.test_load import SITE
from tests.faults.house import hurry
from tests.processes import Byleave, Process, byleave, stored_rows
from tests.wire import CHROME, ORIGIN, beacon, yes

WAIT_S = 2  # what a sender is waited for here; the product's own is 12
GONE_S = 8  # by when a connection must be closed


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Byleave]:
    with byleave(tmp_path_factory.mktemp("sockets"), duckdb_memory="500MB", log_level="debug") as found:
        found.run(*SITE)
        hurry(found, collector__http__WAIT_S=WAIT_S, collector__routes__post__BODY_S=1)
        yield found


@pytest.fixture(scope="module")
def server(product: Byleave) -> Process:
    return product.start("serve")


@pytest.fixture(autouse=True)
def plain(blockbuster: BlockBuster) -> None:
    blockbuster.deactivate()


class Wire:
    """A connection that sends bytes as they are."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=GONE_S)
        self.began = time.monotonic()
        self.got = b""

    def send(self, data: bytes) -> bool:
        """Whether it was taken."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def rest(self) -> bytes:
        """Everything that comes until the other side closes. Fails when it does not."""
        try:
            while data := self.socket.recv(65_536):
                self.got += data
        except ConnectionResetError:
            pass
        except TimeoutError:
            raise AssertionError(
                f"still open after {time.monotonic() - self.began:.1f} s: {self.got[:200]!r}"
            ) from None
        return self.got

    @property
    def lasted(self) -> float:
        return time.monotonic() - self.began


@contextmanager
def wire(server: Process) -> Iterator[Wire]:
    found = Wire(server.port)
    with closing(found.socket):
        yield found


def post(server: Process, path: str, body: object) -> tuple[int, bytes]:
    headers = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}
    with urlopen(Request(server.url + path, json.dumps(body).encode(), headers), timeout=5) as answer:
        return answer.status, answer.read()


def head(path: str = "/c/events", *more: bytes, method: str = "POST") -> bytes:
    """A head with the headers of a browser, without the empty line at its end."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"host: hello.test", f"origin: {ORIGIN}".encode()]
    lines += [b"content-type: text/plain", f"user-agent: {CHROME}".encode(), *more]
    return b"\r\n".join(lines) + b"\r\n"


def whole(*more: bytes) -> bytes:
    """The head of a batch with these headers too."""
    return head("/c/events", *more) + b"\r\n"


CHUNKED = b"transfer-encoding: chunked"

# ── Slow

SLOW: list[tuple[str, list[bytes], bytes]] = [
    ("nothing at all", [], b""),
    ("a part of a line", [b"POST /c/ev"], b"408"),
    ("a head without an end", [head()], b"408"),
    ("a header now and then", [head(), *[b"x-more: 1\r\n"] * 40], b"408"),
    ("a letter now and then", [bytes([letter]) for letter in head()[:40]], b"408"),
    ("a head, and no body", [whole(b"content-length: 100")], b""),
    ("a head that waits to be told to go on", [whole(b"content-length: 9", b"expect: 100-continue")], b"100"),
    ("a body now and then", [whole(b"content-length: 100"), *[b"["] * 40], b"408"),
    ("chunks now and then", [whole(CHUNKED), *[b"1\r\n[\r\n"] * 40], b"408"),
    ("a body to the dashboard", [head("/sign-in", b"content-length: 100") + b"\r\n", *[b"e"] * 40], b""),
    ("empty lines", [b"\r\n"] * 40, b""),
    ("an answer, then empty lines", [head("/healthz", method="GET") + b"\r\n", *[b"\r\n"] * 40], b"200"),
]  # fmt: skip


def test_a_slow_sender_is_let_go(server: Process) -> None:
    """All at once, as an attacker would; meanwhile the others are served."""
    wires = [Wire(server.port) for _ in SLOW]
    waiting = [list(parts) for _, parts, _ in SLOW]
    while any(waiting) and wires[0].lasted < WAIT_S + 2:
        for one, parts in zip(wires, waiting, strict=True):
            if parts and not one.send(parts.pop(0)):
                parts.clear()
        time.sleep(0.1)
    assert post(server, "/c/consent", yes())[0] == 201
    for one, (name, _, told) in zip(wires, SLOW, strict=True):
        with closing(one.socket):
            answer = one.rest()
            assert one.lasted < GONE_S, name
            assert told in answer[:13], (name, answer[:60])
    with urlopen(f"{server.url}/readyz", timeout=5) as answer:
        assert answer.status == 200


def test_an_honest_pause_is_no_slowness(server: Process) -> None:
    """A slow request is served, and its connection kept for the next."""
    token = json.loads(post(server, "/c/consent", yes())[1])["token"]
    body = json.dumps(beacon(token)).encode()
    with wire(server) as one:
        request = whole(b"content-length: %d" % len(body)) + body
        for part in (request[:40], request[40:300], request[300:]):
            one.send(part)
            time.sleep(0.4)
        assert b" 202 " in one.socket.recv(4096)
        time.sleep(1)
        one.send(request)
        assert b" 202 " in one.socket.recv(4096)


# ── Without an end


def test_an_endless_head_is_refused(server: Process) -> None:
    for endless in (b"GET /" + b"a" * 1_000_000, head() + b"x: " + b"a" * 1_000_000, head() + b"x: y\r\n" * 100_000):
        with wire(server) as one:
            one.send(endless)
            answer = one.rest()
            assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
            assert one.lasted < WAIT_S


@pytest.mark.parametrize("declared", [b"content-length: 1000000000000", b"transfer-encoding: chunked"])
def test_an_endless_body_is_refused_before_it_has_come(server: Process, declared: bytes) -> None:
    chunk = b"[" * 65_536 if b"length" in declared else b"10000\r\n" + b"[" * 65_536 + b"\r\n"
    for path in ("/c/events", "/c/consent", "/c/withdraw"):
        with wire(server) as one:
            one.send(head(path, declared) + b"\r\n" + chunk)
            assert one.socket.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_goes_on_after_its_refusal_is_let_go(server: Process) -> None:
    with wire(server) as one:
        one.send(head("/c/events", b"content-length: 1000000000000") + b"\r\n")
        while one.send(b"[" * 4096) and one.lasted < GONE_S:
            time.sleep(0.02)
        assert one.lasted < GONE_S


# ── Two requests in one

HIDDEN = b"GET /c/hidden HTTP/1.1\r\nhost: hello.test\r\n\r\n"
LAST = b"0\r\n\r\n"
SMUGGLED: list[tuple[str, bytes]] = [
    ("a length and chunks", whole(b"content-length: 6", CHUNKED) + LAST),
    ("chunks and a length", whole(CHUNKED, b"content-length: 6") + LAST),
    ("two lengths", whole(b"content-length: 0", b"content-length: 44")),
    ("a list of lengths", whole(b"content-length: 0, 44")),
    ("a signed length", whole(b"content-length: +0")),
    ("a negative length", whole(b"content-length: -1")),
    ("a length in hexadecimal", whole(b"content-length: 0x0")),
    ("a length beyond 64 bits", whole(b"content-length: 18446744073709551616")),
    ("another coding", whole(b"transfer-encoding: xchunked") + LAST),
    ("chunks before the last coding", whole(b"transfer-encoding: chunked, identity") + LAST),
    ("a space before the colon", whole(b"transfer-encoding : chunked") + LAST),
    ("a folded header", whole(b"x: y\r\n transfer-encoding: chunked", b"content-length: 5") + LAST),
    ("a NUL in a header", whole(b"x: a\0b")),
    ("a bare return in a header", whole(b"x: a\rtransfer-encoding: chunked")),
    ("a chunk of no number", whole(CHUNKED) + b"zz\r\n"),
    ("a chunk of a huge number", whole(CHUNKED) + b"fffffffffffffffff\r\n"),
    ("a version of its own", whole().replace(b"HTTP/1.1", b"HTTP/1.1\x0bX")),
    ("a line within the path", b"GET /c/x\r\nx: y HTTP/1.1\r\nhost: a\r\n\r\n"),
]


@pytest.mark.parametrize("request_", [row[1] for row in SMUGGLED], ids=[row[0] for row in SMUGGLED])
def test_what_has_two_readings_has_none(server: Process, request_: bytes) -> None:
    """A proxy may read it otherwise: it is refused, and nothing after it on this connection is answered."""
    with wire(server) as one:
        one.send(request_ + HIDDEN)
        answer = one.rest()
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        assert answer[9:12] in (b"400", b"403", b"404", b"408"), answer
        assert b"hidden" not in answer


def test_headers_cannot_be_sent_back_as_headers(server: Process) -> None:
    """What a request names is in an answer only where it is one of the site's own origins."""
    for origin in (
        b"https://example.com\x0bset-cookie: a=b",
        b"https://example.com\tset-cookie: a=b",
        b"https://\xff.example.com",
    ):
        with wire(server) as one:
            request = head("/c/events", b"content-length: 2", b"connection: close").replace(ORIGIN.encode(), origin)
            one.send(request + b"\r\n{}")
            answer = one.rest().lower()
            assert b"set-cookie" not in answer.partition(b"\r\n\r\n")[0]
            assert b"access-control-allow-origin" not in answer


# ── The log

BREAKING = (b"\x1b[31m", b"\t", b"\xe2\x80\xa8", b"\xc2\x85", b'" level=info event="forged', b"%0d%0alevel=info")
FIELDS = ("user-agent", "referer", "x-forwarded-for", "origin", "host", "cookie", "authorization", "accept-language",
          "accept", "content-type", "sec-gpc", "dnt", "if-none-match", "forwarded", "x-request-id")  # fmt: skip


def test_the_log_holds_one_line_an_event_and_nothing_of_a_request(product: Byleave, server: Process) -> None:
    mark = b"Logkanarie5519"
    for breaking in BREAKING:
        value = mark + breaking + mark
        for name in FIELDS:
            request = head("/c/site/example.com.json?" + mark.decode(), b"connection: close", method="GET")
            with wire(server) as one:
                one.send(request + name.encode() + b": " + value + b"\r\n\r\n")
                one.rest()
        text = value.decode("utf-8", "replace")
        for body in (beacon(text), {**beacon("c1.a.b.c"), text: 1}, yes(site=text), yes(locale=text), {"t": text}):
            for path in ("/c/events", "/c/consent", "/c/withdraw", "/c/" + mark.decode(), "/api/v1/query", "/sign-in"):
                content = json.dumps(body).encode()
                with wire(server) as one:
                    one.send(head(path, b"connection: close", b"content-length: %d" % len(content)) + b"\r\n" + content)
                    one.rest()
    log = product.log.read_bytes()
    assert mark.lower() not in log.lower()
    assert b"\x1b" not in log and b"forged" not in log
    for line in log.decode().splitlines():
        assert (
            line.startswith(("timestamp=", "level=", "Byleave is ready", "Nobody owns it yet", "  http")) or not line
        ), line


def test_nothing_of_all_this_was_stored(product: Byleave, server: Process) -> None:
    """Last: only the batch of the honest visitor is there, who sent it twice."""
    assert server.stop() == 0
    assert len(stored_rows(product.data)) == 1
