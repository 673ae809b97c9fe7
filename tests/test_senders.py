"""Senders: the right address behind proxies, remembered without it, and looked up again in a new database."""

from pathlib import Path

import pytest

from collector import senders as module
from collector.enrich import place
from collector.enrich.place import Places
from collector.senders import Sender, Senders
from collector.settings import parse_networks
from tests.enrich import mmdb

BERLIN = {"country_code": "DE", "city": "Berlin"}
PARIS = {"country_code": "FR", "city": "Paris"}
TRUSTED = parse_networks("10.0.0.0/8")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setattr(place, "LOOK_EVERY", 0.0)
    mmdb.write(tmp_path / "city.mmdb", {"8.8.8.0/24": BERLIN, "9.9.9.0/24": PARIS})
    return Places([tmp_path / "city.mmdb"])


def test_the_place_is_that_of_the_rightmost_untrusted_hop(places: Places) -> None:
    senders = Senders(TRUSTED, places)
    for _ in range(2):
        assert senders.find("10.0.0.1", b"9.9.9.9, 8.8.8.8")[1:] == ("DE", "Berlin")
        assert senders.find("10.0.0.1", b"8.8.8.8,9.9.9.9")[1:] == ("FR", "Paris")
        assert senders.find("9.9.9.9", b"8.8.8.8")[1:] == ("FR", "Paris")
        assert senders.find("10.0.0.1", b"8.8.8.8, nonsense")[1:] == (None, None)


def test_what_a_client_writes_before_the_last_hop_gives_it_no_other_number(places: Places) -> None:
    senders = Senders(TRUSTED, places)
    numbers = {senders.find("10.0.0.1", b"%d.2.3.4, 8.8.8.8" % spoofed).number for spoofed in range(20)}
    assert numbers == {senders.find("10.0.0.1", b"8.8.8.8").number}
    assert senders.find("10.0.0.1", b"8.8.8.9").number not in numbers


def test_without_trusted_proxies_the_peer_alone_counts(places: Places) -> None:
    senders = Senders((), places)
    assert senders.find("8.8.8.8", b"9.9.9.9") == senders.find("8.8.8.8", b"")
    assert senders.find("8.8.8.8", b"9.9.9.9")[1:] == ("DE", "Berlin")
    assert len(senders) == 1


def test_another_database_is_asked_anew(places: Places, tmp_path: Path) -> None:
    senders = Senders((), places)
    before = senders.find("8.8.8.8", b"")
    assert before[1:] == ("DE", "Berlin")
    mmdb.write(tmp_path / "new.mmdb", {"8.8.8.0/24": PARIS}, built=2)
    (tmp_path / "new.mmdb").replace(tmp_path / "city.mmdb")
    places.refresh()
    assert senders.find("8.8.8.8", b"") == Sender(before.number, "FR", "Paris")


def test_no_address_is_held_and_no_more_than_so_many_senders(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD", 100)
    senders = Senders(TRUSTED, places)
    for last in range(250):
        senders.find("10.0.0.1", b"8.8.8.%d" % last)
        assert len(senders) <= 100
    assert "8.8.8." not in repr(vars(senders._known))
