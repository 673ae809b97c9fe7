"""A visitor's rights where several processes share the work: none acts on what another knows to be withdrawn."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from click.testing import CliRunner

from collector.cli import main
from tests.e2e.test_load import SITE
from tests.privacy.browser import Answered, Person
from tests.processes import Byleave, byleave, free_port, stored_rows

CONNECTIONS = 24
"""Each goes to one of two workers by chance: all of them to the same one is 1 in 8 million."""


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path, rate_limit="off", duckdb_compression="off", duckdb_memory="500MB") as found:
        found.run(*SITE)
        yield found


def refused(person: Person, status: int) -> bool:
    """Whether a batch of theirs is refused with that status by whoever answers."""
    try:
        person.read("/too-late")
    except Answered as answer:
        return answer.status == status
    return False


def in_files(data: Path, text: str) -> set[str]:
    files = [path for path in data.rglob("*") if path.is_file() and not path.is_socket()]
    return {path.relative_to(data).as_posix() for path in files if text.encode() in path.read_bytes()}


def test_what_is_withdrawn_or_erased_stays_so_everywhere(product: Byleave) -> None:
    port = free_port()
    collect = product.start("collect", "--workers", "2", port=port)
    people = [Person(collect.url) for _ in range(4)]
    withdrawn, stopped, going_on, kept = people
    for number, person in enumerate(people):
        person.read(f"/backlog-of-{number}-4471")
    assert in_files(product.data, "backlog-of-0-4471"), "the search does not see the spool"

    # No process owns the store yet: seeing must wait, stopping and erasing need not.
    with pytest.raises(Answered) as told:
        kept.me()
    assert (told.value.status, told.value.body["type"]) == (503, "store-unavailable")
    assert int(told.value.headers["retry-after"]) > 0
    jobs = [stopped.erase(go_on=False), going_on.erase(go_on=True)]
    after = [f"/after-the-erasure-4471/{number}" for number in range(CONNECTIONS)]
    for path in after:  # at once, and to both workers
        going_on.read(path)
    withdrawn.withdraw()
    answered = time.monotonic()
    for person in (withdrawn, stopped):
        while not all(refused(person, 410) for _ in range(CONNECTIONS)):
            assert time.monotonic() - answered < 1, "a worker takes the batches of who withdrew a second ago"

    dashboard = product.start("dashboard")
    assert [row["path"] for row in kept.me()["rows"]] == ["/backlog-of-3-4471"]
    assert {row["path"] for row in going_on.me()["rows"]} == set(after)
    assert [going_on.get(f"/c/jobs/{job}")["state"] for job in jobs] == ["waiting"] * 2
    assert json.loads(product.run("erase", "--now", "--json")) == {"erased": False, "physical": True}
    assert [going_on.get(f"/c/jobs/{job}")["state"] for job in jobs] == ["done"] * 2
    for number in range(3):
        assert in_files(product.data, f"backlog-of-{number}-4471") == set()
    assert in_files(product.data, "backlog-of-3-4471")
    assert in_files(product.data, "after-the-erasure-4471")

    assert dashboard.stop() == collect.stop() == 0
    collect = product.start("collect", port=port)
    assert refused(withdrawn, 410)
    assert refused(stopped, 410)
    assert collect.stop() == 0
    assert {row[0] for row in stored_rows(product.data, "SELECT path FROM event")} == {
        "/backlog-of-3-4471",
        *after,
    }


def test_the_operator_erases_by_what_a_letter_holds(product: Byleave, tmp_path: Path) -> None:
    serve = product.start("serve")
    people = [Person(serve.url) for _ in range(4)]
    for number, person in enumerate(people):
        person.read(f"/of-{number}-7713")
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(people[1].held["receipt"] + "\n")
    assert "--yes" in product.run("erase", "--access-key", people[0].held["access_key"], code=1)
    assert "no report shows a row" in product.run("erase", "--yes", "--access-key", people[0].held["access_key"])
    assert "erased before" in product.run("erase", "--yes", "--access-key", people[0].held["access_key"])
    assert json.loads(product.run("erase", "--yes", "--json", "--receipt", str(receipt))) == {
        "erased": True,
        "physical": False,
    }
    found = people[2].me()["records"][0]["receipt"]
    payload = json.loads(_decoded(found.split(".")[1]))
    assert serve.stop() == 0
    # Without a server the command owns the store for as long as it takes.
    told = product.run("erase", "--yes", "--now", "--subject", payload["record"]["subject"])
    assert "No file of store or queue holds a byte" in told
    assert {row[0] for row in stored_rows(product.data, "SELECT path FROM event")} == {"/of-3-7713"}
    for number in range(3):
        assert in_files(product.data, f"/of-{number}-7713") == set()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--subject", "ab" * 16), "No consent is recorded"),
        (("--subject", "xyz"), "32 hexadecimal digits"),
        (("--access-key", "k1.a.b.c"), "not an access key of this server"),
        (("--receipt", "letter.txt"), "holds no receipt of this server"),
    ],
)
def test_what_names_nobody_erases_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    header = base64.urlsafe_b64encode(b'{"alg":"EdDSA","kid":"x"}').decode().rstrip("=")
    (tmp_path / "letter.txt").write_text(f"{header}.e30.AAAA")
    house = ("--data", str(tmp_path / "data"))
    assert CliRunner().invoke(main, ["site", "add", "example.com", *house]).exit_code == 0
    done = CliRunner().invoke(main, ["erase", "--yes", *house, *arguments])
    assert (done.exit_code, told in done.output) == (1, True), done.output


@pytest.mark.parametrize("arguments", [(), ("--subject", "ab" * 16, "--access-key", "k1.a.b.c")])
def test_erase_wants_to_know_what(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["erase", "--yes", "--data", str(tmp_path), *arguments])
    assert (done.exit_code, "Give one of" in done.output) == (2, True)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
