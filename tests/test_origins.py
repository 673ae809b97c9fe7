"""Origins: judged by the sites as they are now, and remembered within a bound."""

import pytest

from collector import origins as module
from collector.origins import Origins
from collector.state.site import Site

EXAMPLE = Site("example.com", aliases=("*.example.com",))
OTHER = Site("other.test")


class Sites:
    """As much of a follower as origins ask."""

    def __init__(self, *sites: Site) -> None:
        self.read(*sites)

    def read(self, *sites: Site) -> None:
        self.sites = {site.name: site for site in sites}

    def site_of(self, host: str) -> Site | None:
        return next((site for site in self.sites.values() if site.owns(host)), None)


def found(origins: Origins, raw: bytes) -> str | None:
    """The site of an origin, asked twice."""
    first, second = origins.find(raw), origins.find(raw)
    assert first == second
    return first.site if first else None


def test_an_origin_speaks_for_its_own_site_alone() -> None:
    origins = Origins(Sites(EXAMPLE, OTHER), local=False)  # type: ignore[arg-type]
    assert found(origins, b"https://www.example.com") == "example.com"
    origin = origins.find(b"https://www.example.com")
    assert origin is not None
    assert origin.may_use(EXAMPLE)
    assert not origin.may_use(OTHER)


def test_a_change_of_the_sites_counts_at_once() -> None:
    sites = Sites(EXAMPLE)
    origins = Origins(sites, local=False)  # type: ignore[arg-type]
    assert found(origins, b"https://www.example.com") == "example.com"
    assert found(origins, b"https://other.test") is None
    sites.read(Site("example.com"), OTHER)  # the alias is gone, the other site has come
    assert found(origins, b"https://www.example.com") is None
    assert found(origins, b"https://other.test") == "other.test"
    sites.read(Site("moved.test", aliases=("other.test",)))
    assert found(origins, b"https://other.test") == "moved.test"


@pytest.mark.parametrize("local", [True, False])
def test_a_local_page_may_use_every_site_only_while_the_server_is_local(local: bool) -> None:
    origins = Origins(Sites(EXAMPLE), local=local)  # type: ignore[arg-type]
    assert (found(origins, b"http://localhost:3000") is not None) is local


def test_the_memory_is_bounded_and_holds_no_origin_that_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD", 10)
    origins = Origins(Sites(EXAMPLE), local=False)  # type: ignore[arg-type]
    for number in range(35):
        assert found(origins, b"https://a%d.example.com" % number) == "example.com"
        assert found(origins, b"https://a%d.evil.test" % number) is None
        assert 0 < len(origins) <= 10


def test_what_is_longer_than_any_hostname_is_none() -> None:
    origins = Origins(Sites(EXAMPLE), local=False)  # type: ignore[arg-type]
    assert found(origins, b"https://" + b"a." * 100 + b"example.com") == "example.com"
    assert found(origins, b"https://" + b"a." * 30_000 + b"example.com") is None
