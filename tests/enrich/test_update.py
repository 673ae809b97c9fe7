"""`geo update` against a server on this machine: what comes is checked first; whatever fails, the old file stays."""

import gzip
import hashlib
import io
import json
import os
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.enrich import fetch, place
from collector.enrich.fetch import GeoError
from collector.enrich.place import Places, find_database
from collector.enrich.update import update
from collector.settings import Settings
from tests.enrich import mmdb

TODAY = date(2026, 11, 22)
THIS, LAST = "/dbip-city-lite-2026-11.mmdb.gz", "/dbip-city-lite-2026-10.mmdb.gz"
MAXMIND = "/geoip/databases/GeoLite2-City/download?suffix=tar.gz"
KEY = "123456:canary-licence"
BERLIN = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin"}}}
PARIS = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}
VIENNA = {"country_code": "AT", "city": "Vienna"}


class Server(ThreadingHTTPServer):
    """Answers each path with what a test put there: bytes, or a status with headers and bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, bytes | tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Path and Authorization of each request."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        page = self.server.pages.get(self.path, (404, {}, b"no"))
        status, headers, body = (200, {}, page) if isinstance(page, bytes) else page
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    found = Server()
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), geo_url=server.base)


@pytest.fixture
def old(settings: Settings) -> Path:
    """The database of before: Vienna."""
    folder = settings.data_path / "geo"
    folder.mkdir(parents=True)
    mmdb.write(folder / "dbip-city-lite.mmdb", {"8.8.8.0/24": VIENNA}, kind="old")
    return folder / "dbip-city-lite.mmdb"


def made(folder: Path, record: Any = BERLIN, **facts: Any) -> bytes:
    mmdb.write(folder / "made", {"8.8.8.0/24": record}, **facts)
    return (folder / "made").read_bytes()


def tar(name: str, content: bytes) -> bytes:
    """As MaxMind packs: a folder with the date, a licence, the database."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for each, body in (("GeoLite2-City_20261120/LICENSE.txt", b"x"), (name, content)):
            info = tarfile.TarInfo(each)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return packed.getvalue()


def known(settings: Settings) -> place.Place:
    """What a process that starts now says of 8.8.8.8."""
    return Places(find_database(settings.geo, settings.data_path)).lookup("8.8.8.8")


def test_the_file_of_the_month_is_put_in_place(server: Server, settings: Settings, tmp_path: Path) -> None:
    server.pages[THIS] = gzip.compress(made(tmp_path, built=1_793_491_200))
    told: list[tuple[int, int | None]] = []
    updated = update(settings, TODAY, lambda done, total: told.append((done, total)))
    assert known(settings) == ("DE", "Berlin")
    assert updated.file == settings.data_path / "geo" / "dbip-city-lite.mmdb"
    assert (updated.kind, updated.built, updated.ip_version) == ("GeoLite2-City", date(2026, 11, 1), 6)
    assert told[-1] == (len(server.pages[THIS]), len(server.pages[THIS]))
    assert list(updated.file.parent.iterdir()) == [updated.file]


def test_while_this_month_is_not_out_the_last_is_taken(server: Server, settings: Settings, tmp_path: Path) -> None:
    server.pages[LAST] = gzip.compress(made(tmp_path))
    update(settings, TODAY)
    assert [path for path, _ in server.asked] == [THIS, LAST]
    assert known(settings) == ("DE", "Berlin")
    update(Settings(data=settings.data, geo_url=f"{server.base}/"), date(2026, 10, 31))


def test_maxmind_with_a_key(server: Server, settings: Settings, tmp_path: Path) -> None:
    packed = tar("GeoLite2-City_20261120/GeoLite2-City.mmdb", made(tmp_path, PARIS))
    server.pages[MAXMIND] = (302, {"Location": f"http://localhost:{server.server_port}/storage"}, b"")
    server.pages["/storage"] = packed
    server.pages[f"{MAXMIND}.sha256"] = f"{hashlib.sha256(packed).hexdigest()}  GeoLite2-City.tar.gz\n".encode()
    keyed = Settings(data=settings.data, geo_url=server.base, geo_key=KEY)
    assert update(keyed, TODAY).file.name == "GeoLite2-City.mmdb"
    assert known(settings) == ("FR", "Paris")
    sent = dict(server.asked)
    assert sent[MAXMIND] == sent[f"{MAXMIND}.sha256"] == "Basic MTIzNDU2OmNhbmFyeS1saWNlbmNl"
    assert sent["/storage"] is None, "the key went to where the answer redirects"
    server.pages[f"{MAXMIND}.sha256"] = b"0" * 64
    with pytest.raises(GeoError, match="SHA-256"):
        update(keyed, TODAY)
    server.pages[f"{MAXMIND}.sha256"] = b""
    with pytest.raises(GeoError, match="SHA-256"):
        update(keyed, TODAY)


@pytest.mark.parametrize("name", ["city.mmdb", "city.mmdb.gz", "city.tar.gz"])
def test_one_named_file_in_any_packing(server: Server, settings: Settings, tmp_path: Path, name: str) -> None:
    bare = made(tmp_path, VIENNA, ip_version=4, kind="city ipv4")
    packings = {"city.mmdb": bare, "city.mmdb.gz": gzip.compress(bare), "city.tar.gz": tar("x/y.mmdb", bare)}
    server.pages[f"/{name}"] = packings[name]
    updated = update(Settings(data=settings.data, geo_url=f"{server.base}/{name}"), TODAY)
    assert (known(settings), updated.ip_version) == (("AT", "Vienna"), 4)


def test_it_goes_where_the_setting_says(server: Server, settings: Settings, tmp_path: Path) -> None:
    server.pages[THIS] = gzip.compress(made(tmp_path))
    for chosen, file in (("a.mmdb", "a.mmdb"), ("folder", "folder/dbip-city-lite.mmdb")):
        aside = Settings(data=settings.data, geo_url=server.base, geo=str(tmp_path / chosen))
        assert update(aside, TODAY).file == tmp_path / file
        assert known(aside) == ("DE", "Berlin")


BROKEN: dict[str, tuple[Any, str]] = {
    "neither month is there": ((404, {}, b""), "has no such file"),
    "gone": ((410, {}, b""), "has no such file"),
    "refused": ((403, {}, b""), "refuses .403.. Check BYLEAVE_GEO_KEY"),
    "asked too often": ((429, {}, b""), "asked too often today"),
    "server error": ((500, {}, b"canary"), "answered 500"),
    "cut off": ((200, {"Content-Length": "999999"}, b"\x1f\x8b"), "came incomplete"),
    "redirected to a file": ((302, {"Location": "file:///etc/passwd"}, b""), "answered 302"),
    "redirected to ftp": ((302, {"Location": "ftp://127.0.0.1/x"}, b""), "redirects to an address of ftp: refused"),
    "redirected for ever": ((302, {"Location": THIS}, b""), "answered 302"),
    "empty": (b"", "no MaxMind DB file"),
    "a page": (b"<!doctype html><p>Sign in</p>", "no MaxMind DB file"),
    "a page in gzip": (gzip.compress(b"<!doctype html>"), "no MaxMind DB file"),
    "not gzip after all": (b"\x1f\x8bcanary", "does not unpack"),
    "gzip cut off": (gzip.compress(os.urandom(4000))[:-2000], "does not unpack"),
    "gzip with a wrong checksum": (gzip.compress(b"x" * 99)[:-8] + bytes(8), "does not unpack"),
    "a tar without a database": (tar("x/readme.txt", b"x"), "without a .mmdb file"),
    "a tar of something else": (tar("x/y.mmdb", b"x" * 600), "no MaxMind DB file"),
}


@pytest.mark.parametrize(("page", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_what_fails_leaves_the_old_one(server: Server, settings: Settings, old: Path, page: Any, says: str) -> None:
    before = old.read_bytes()
    server.pages[THIS] = server.pages[LAST] = page
    with pytest.raises(GeoError, match=says) as failed:
        update(settings, TODAY)
    assert "canary" not in str(failed.value)
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


WRONG: dict[str, dict[str, Any]] = {
    "countries alone": {"record": {"country": {"iso_code": "DE"}}, "kind": "GeoLite2-Country"},
    "networks": {"record": {"autonomous_system_number": 15169}, "kind": "GeoLite2-ASN"},
}


@pytest.mark.parametrize("facts", WRONG.values(), ids=WRONG.keys())
def test_another_kind_of_database_is_refused(
    server: Server, settings: Settings, old: Path, tmp_path: Path, facts: dict[str, Any]
) -> None:
    server.pages[THIS] = gzip.compress(made(tmp_path, **facts))
    with pytest.raises(GeoError, match=rf"{facts['kind']}\) names no cities"):
        update(settings, TODAY)
    assert known(settings) == ("AT", "Vienna")


def test_a_damaged_database_is_refused(server: Server, settings: Settings, old: Path, tmp_path: Path) -> None:
    whole = made(tmp_path)
    never = made(tmp_path, built=2**62)
    for damaged in (never, whole.replace(b"\x46Berlin", b"\x38" + b"\xff" * 6), whole[: len(whole) // 2], whole[100:]):
        server.pages[THIS] = gzip.compress(damaged)
        with pytest.raises(GeoError, match="no MaxMind DB file, or a damaged one"):
            update(settings, TODAY)
    assert known(settings) == ("AT", "Vienna")


def test_no_network(settings: Settings, old: Path, tmp_path: Path) -> None:
    closed = Server()
    closed.server_close()
    with pytest.raises(GeoError, match=r"Cannot reach 127\.0\.0\.1 \(Connection refused\)"):
        update(Settings(data=settings.data, geo_url=closed.base), TODAY)
    with pytest.raises(GeoError, match=r"Cannot reach nowhere\.invalid"):
        update(Settings(data=settings.data, geo_url="https://nowhere.invalid"), TODAY)
    assert known(settings) == ("AT", "Vienna")


def test_a_server_that_says_nothing(server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.2)
    with Server() as silent, pytest.raises(GeoError, match=r"Cannot reach|broke off"):  # accepts, and never answers
        update(Settings(data=settings.data, geo_url=silent.base), TODAY)


def test_too_much_is_not_taken(server: Server, settings: Settings, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.enrich.fetch.MOST_BYTES", 1000)
    monkeypatch.setattr("collector.enrich.update.MOST_BYTES", 1000)
    for page, says in ((bytes(2000), "is larger than"), (gzip.compress(bytes(2000)), "unpacks to more")):
        server.pages[THIS] = page
        with pytest.raises(GeoError, match=says):
            update(settings, TODAY)
    assert known(settings) == ("AT", "Vienna")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_leaves_the_old_one(server: Server, settings: Settings, old: Path, tmp_path: Path) -> None:
    server.pages[THIS] = gzip.compress(os.urandom(300_000))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(old.parent)], check=True)
    try:
        mmdb.write(old, {"8.8.8.0/24": PARIS})
        done = _run(settings)
        assert (done.exit_code, known(settings)) == (1, ("FR", "Paris"))
        assert "No space left on device. Free space on the disk" in done.output
        assert list(old.parent.iterdir()) == [old]
    finally:
        subprocess.run(["umount", "--lazy", str(old.parent)], check=True)


def test_one_at_a_time_and_leftovers_go(server: Server, settings: Settings, old: Path, tmp_path: Path) -> None:
    left = old.parent / ".geo-killed.part"
    left.mkdir()
    (left / "fetched").write_bytes(b"x")
    server.pages[THIS] = gzip.compress(made(tmp_path))
    inside: list[str] = []

    def second(_done: int, _total: int | None) -> None:
        with pytest.raises(GeoError) as refused:
            update(settings, TODAY)
        inside.append(str(refused.value))

    update(settings, TODAY, second)
    assert "Another update" in inside[0]
    assert list(old.parent.iterdir()) == [old]


def test_an_encrypted_answer_that_breaks_off(
    server: Server, settings: Settings, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> str:
        raise ssl.SSLError(ssl.SSL_ERROR_SSL, "decryption failed or bad record mac")

    server.pages[THIS] = b"x"
    monkeypatch.setattr(fetch, "_saved", break_off)
    with pytest.raises(GeoError, match="broke off"):
        update(settings, TODAY)


@pytest.mark.parametrize(
    ("url", "key", "says"),
    [("ftp://mirror.example", "", "not an address"), ("mirror.example", "", "not an address"),
     ("https://mirror..example", "", "not an address"), ("https://[::1", "", "not an address"),
     ("http://mirror.example", KEY, "over https alone"), ("https://mirror.example", "canary-licence", "a colon")],
)  # fmt: skip
def test_settings_that_cannot_be_used(tmp_path: Path, url: str, key: str, says: str) -> None:
    with pytest.raises(GeoError, match=says) as refused:
        update(Settings(data=str(tmp_path), geo_url=url, geo_key=key), TODAY)
    assert "canary" not in str(refused.value)


def _run(settings: Settings, *more: str) -> Any:
    env = {"BYLEAVE_DATA": settings.data, "BYLEAVE_GEO_URL": settings.geo_url, "no_proxy": "*"}
    return CliRunner().invoke(main, ["geo", "update", *more], env=env)


def test_the_command(server: Server, settings: Settings, tmp_path: Path) -> None:
    refused = _run(settings)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: 127.0.0.1 has no such file (404)")
    server.pages["/a.mmdb"] = made(tmp_path, built=1_793_491_200)
    settings = Settings(data=settings.data, geo_url=f"{server.base}/a.mmdb")
    done = _run(settings)
    assert (done.exit_code, done.output) == (
        0,
        f"{settings.data_path}/geo/dbip-city-lite.mmdb: GeoLite2-City of 2026-11-01, 0.0 MB. "
        "Running processes take it up within five seconds.\n",
    )
    told = json.loads(_run(settings, "--json").output)
    assert told["built"] == "2026-11-01"
    assert Path(told["file"]).is_file()
