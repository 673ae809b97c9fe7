"""The commands: what they print, their exit codes, and that every failure says what to do."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from click.testing import CliRunner

from collector.cli import main as group
from collector.cli.checks import open_in
from tests.processes import COMMAND, Byleave, Process, byleave, free_port

SITE = ("site", "add", "example.com", "--controller", "Example Ltd", "--contact", "privacy@example.com")


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path) as found:
        yield found


def every_command() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name, command in group.commands.items():
        found.append((name,))
        found += [(name, below) for below in getattr(command, "commands", {})]
    return found


@pytest.fixture
def here(tmp_path: Path, blockbuster: BlockBuster) -> Callable[..., str]:
    """A command in this process, which spares a start; its output, standard error included."""
    blockbuster.deactivate()

    def run(*arguments: str, code: int = 0, text: str = "") -> str:
        done = CliRunner(env={"BYLEAVE_DATA": str(tmp_path / "data")}).invoke(group, arguments, input=text)
        assert done.exit_code == code, done.output
        return done.output

    return run


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_every_command_helps(here: Callable[..., str], path: tuple[str, ...]) -> None:
    said = here(*path, "--help")
    assert said.startswith("Usage: ")
    assert "Options:" in said


def test_a_site_and_its_notices(here: Callable[..., str]) -> None:
    added = json.loads(here(*SITE, "--alias", "www.example.com", "--timezone", "Europe/Berlin", "--json"))
    assert (added["site"], added["added"], added["notice"]["draft"]) == ("example.com", True, False)
    assert 'data-site="example.com"' in added["snippet"]
    listed = json.loads(here("site", "list", "--json"))
    assert [(s["name"], s["aliases"], s["timezone"]) for s in listed] == [
        ("example.com", ["www.example.com"], "Europe/Berlin")
    ]
    assert "already is there" not in here(*SITE, "--if-missing")
    assert "already belongs" in here(*SITE, code=1)
    minor = json.loads(here("notice", "publish", "example.com", "--authority", "The authority", "--json"))
    material = json.loads(here("notice", "publish", "www.example.com", "--k", "3", "--json"))
    assert (minor["material"], material["material"]) == (False, True)
    assert "Nothing changed" in here("notice", "publish", "example.com", "--k", "3", code=1)
    notices = json.loads(here("notice", "list", "example.com", "--json"))
    assert [notice["id"] for notice in notices][1:] == [minor["id"], material["id"]]


def test_a_role_changes_and_a_lost_second_factor_is_turned_off(here: Callable[..., str], tmp_path: Path) -> None:
    here(*SITE)
    here("site", "add", "other.example")
    text = "a long enough password\n"
    here("user", "add", "a@example.com", "--role", "owner", "--password-stdin", text=text)
    here("user", "add", "b@example.com", "--role", "viewer", "--site", "example.com", "--password-stdin", text=text)

    def may(number: int) -> tuple[str, dict[str, str]]:
        found = json.loads(here("user", "list", "--json"))[number]
        return found["role"], found["sites"]

    here("user", "role", "b@example.com", "admin", "--site", "example.com", "--site", "other.example")
    assert may(1) == ("member", {"example.com": "admin", "other.example": "admin"})
    here("user", "role", "b@example.com", "none", "--site", "other.example")
    assert may(1) == ("member", {"example.com": "admin"})
    here("user", "role", "b@example.com", "owner")
    assert may(1)[0] == "owner"
    here("user", "role", "a@example.com", "viewer", "--site", "example.com")
    assert may(0) == ("member", {"example.com": "viewer"})
    assert "only owner" in here("user", "role", "b@example.com", "viewer", "--site", "example.com", code=1)
    assert "Error" in here("user", "role", "c@example.com", "owner", code=1)
    here("user", "role", "b@example.com", "viewer", code=2)
    here("user", "role", "b@example.com", "owner", "--site", "example.com", code=2)
    assert "has no second factor" in here("user", "factor-off", "a@example.com", "--yes")
    with closing(sqlite3.connect(tmp_path / "data" / "state.sqlite3")) as state, state:
        state.execute("UPDATE account SET totp_secret = 'A' WHERE email = 'a@example.com'")
    assert "second factor" in here("user", "list")
    assert "is off" in here("user", "factor-off", "a@example.com", "--yes")
    assert "second factor" not in here("user", "list")
    assert json.loads(here("audit", "list", "--json"))[0]["action"] == "second factor off"
    changed = [
        one["detail"] for one in json.loads(here("audit", "list", "--json")) if one["action"] == "account changed"
    ]
    assert {"account": "a@example.com", "role": "viewer", "at": "example.com"} in changed
    assert len(changed) == 4


MATERIAL = [
    ("contact changes", ("--contact", "other@example.com"), False),
    ("authority named", ("--authority", "The authority"), False),
    ("retention shrinks", ("--retention-months", "12"), False),
    ("retention grows", ("--retention-months", "26"), True),
    ("k grows", ("--k", "9"), False),
    ("k falls", ("--k", "4"), True),
    ("a recipient more", ("--recipient", "Somebody Ltd"), True),
    ("a purpose more", ("--purposes", "measure,returning,ads"), True),
    ("a purpose less", ("--purposes", "measure"), True),
    ("another controller", ("--controller", "Other Ltd"), True),
    ("fewer languages", ("--languages", "en,de"), False),
    ("visits hidden", ("--visits", "hidden"), False),
]


@pytest.mark.parametrize(("change", "material"), [row[1:] for row in MATERIAL], ids=[row[0] for row in MATERIAL])
def test_the_server_decides_what_is_material(here: Callable[..., str], change: tuple[str, ...], material: bool) -> None:
    here(*SITE)
    assert json.loads(here("notice", "publish", "example.com", *change, "--json"))["material"] == material


WRONG = [
    ("no hostname", ("site", "add", "https://example.com/"), "without https://"),
    ("no time zone", ("site", "add", "example.com", "--timezone", "Mars/Base"), "IANA"),
    ("no purpose", ("site", "add", "example.com", "--purposes", "measure,spy"), "Unknown purpose"),
    ("without measure", ("site", "add", "example.com", "--purposes", "ads"), "always offers"),
    ("no language", ("site", "add", "example.com", "--languages", "tlh"), "No texts"),
    ("k of nought", ("site", "add", "example.com", "--k", "0"), "k must be"),
    ("no such site", ("token", "create", "nowhere.test"), "byleave site add"),
    ("no such site's notice", ("notice", "publish", "nowhere.test"), "byleave site add"),
    ("no such token", ("token", "revoke", "00000000"), "byleave token list"),
    ("a wrong setting", ("site", "list", "--data", "/proc/nowhere/data"), "BYLEAVE_DATA"),
]


@pytest.mark.parametrize(("command", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_command_says_what_to_do(here: Callable[..., str], command: tuple[str, ...], says: str) -> None:
    here("site", "add", "other.example")
    said = here(*command, code=1)
    assert said.startswith("Error: ")
    assert says in said


def test_accounts_and_tokens(here: Callable[..., str]) -> None:
    here(*SITE)
    here("user", "add", "Owner@Example.com", "--role", "owner", "--password-stdin", text="a long enough password\n")
    assert json.loads(here("user", "list", "--json"))[0]["email"] == "owner@example.com"
    viewer = ("--site", "example.com", "--password-stdin")
    assert "Error" in here("user", "add", "owner@example.com", *viewer, text="short\n", code=1)
    token = json.loads(here("token", "create", "example.com", "--label", "report", "--json"))["token"]
    (listed,) = json.loads(here("token", "list", "--json"))
    assert (listed["site"], listed["label"], listed["used_at"]) == ("example.com", "report", None)
    assert token not in json.dumps(listed)
    here("token", "revoke", listed["id"])
    assert json.loads(here("token", "list", "--json")) == []


def test_roles_and_what_was_changed(here: Callable[..., str]) -> None:
    here(*SITE)
    text = "a long enough password\n"
    here("user", "add", "a@example.com", "--role", "admin", "--site", "example.com", "--password-stdin", text=text)
    assert json.loads(here("user", "list", "--json"))[0]["sites"] == {"example.com": "admin"}
    assert "admin of example.com" in here("user", "list")
    assert "--site" in here("user", "add", "b@example.com", "--password-stdin", text=text, code=2)
    assert "--site" in here("user", "add", "b@example.com", "--role", "owner", "--site", "example.com", code=2)
    here("token", "create", "example.com", "--scope", "events")
    here("site", "set", "example.com", "--timezone", "Europe/Berlin")
    here("user", "remove", "a@example.com", "--yes")
    told = json.loads(here("audit", "list", "--json"))
    assert [(one["action"], one["site"]) for one in told] == [
        ("account removed", ""),
        ("site changed", "example.com"),
        ("token created", "example.com"),
        ("account added", ""),
        ("site added", "example.com"),
    ]
    assert told[1]["detail"] == {"timezone": "UTC → Europe/Berlin"}
    assert {one["actor"] for one in told} == {"command line"}
    assert "scope events" in here("audit", "list")


def test_schema_is_the_store_s_own(product: Byleave) -> None:
    product.run(*SITE)
    alone = json.loads(product.run("schema", "--json"))
    server = product.start("serve")
    assert json.loads(product.run("schema", "--json")) == alone
    assert server.stop() == 0
    columns = [column["name"] for column in alone if column["table"] == "event"]
    assert columns[:5] == ["site", "host", "occurred_at", "kind", "nth"]
    assert all(column["about"] for column in alone)
    assert "The country" in product.run("schema")


def test_a_taken_port_changes_nothing(product: Byleave) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port = str(sock.getsockname()[1])
        for command in ("serve", "collect", "dashboard"):
            assert "choose another with --port" in " ".join(product.run(command, "--port", port, code=1).split())
    assert not product.data.exists()


@pytest.mark.parametrize(("command", "code"), [("doctor", 3), ("schema", 1), ("site", 1)])
def test_no_command_ends_in_a_traceback_without_its_directory(
    here: Callable[..., str], tmp_path: Path, command: str, code: int
) -> None:
    (tmp_path / "file").write_text("")
    for place in ("/proc/nope", str(tmp_path / "file"), "/dev/null/x"):
        words = (command, "list") if command == "site" else (command,)
        said = here(*words, "--data", place, code=code)
        assert "BYLEAVE_DATA" in said
        assert "Traceback" not in said


def test_a_city_database_that_is_not_there_is_named(here: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    here(*SITE)
    monkeypatch.setenv("BYLEAVE_GEO", "/nowhere/missing.mmdb")
    assert "/nowhere/missing.mmdb" in here("doctor", code=3)


def test_a_data_directory_that_cannot_be_written(product: Byleave) -> None:
    product.data.parent.joinpath("blocked").write_text("")
    said = product.run(
        "serve", "--data", str(product.data.parent / "blocked" / "data"), "--port", str(free_port()), code=1
    )
    assert "BYLEAVE_DATA" in said


@pytest.mark.parametrize("content", [None, b"this is no city database" * 100], ids=["missing", "corrupt"])
def test_without_a_city_database_it_runs_and_says_so(product: Byleave, content: bytes | None) -> None:
    product.run(*SITE)
    geo = product.data.parent / "geo"
    geo.mkdir()
    if content:
        (geo / "dbip-city-ipv4.mmdb").write_bytes(content)
    product.environment["BYLEAVE_GEO"] = str(geo)
    findings = {f["what"]: f for f in json.loads(product.run("doctor", "--json", code=3))}
    assert not findings["place database"]["ok"]
    assert findings["place database"]["problem"]
    assert findings["event store"]["ok"]
    assert product.start("serve").stop() == 0
    assert "place" in product.log.read_text().lower()


def test_doctor_is_red_for_a_draft_and_green_after_it(product: Byleave) -> None:
    product.run("site", "add", "example.com")
    assert "draft" in product.run("doctor", code=3)
    product.run("notice", "publish", "example.com", "--controller", "Example Ltd", "--contact", "a@example.com")
    product.run("doctor")


def test_workers_end_with_their_parent(product: Byleave) -> None:
    server = product.start("collect", "--workers", "2")
    children = [
        int(pid) for pid in Path(f"/proc/{server.child.pid}/task/{server.child.pid}/children").read_text().split()
    ]
    assert len(children) >= 2
    server.kill()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}/cmdline").exists() and alive(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs, and not as a zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_procfile_runs_both_on_one_data_directory(product: Byleave) -> None:
    """As `honcho start` runs it, on other ports."""
    lines = Path(__file__).parents[1].joinpath("Procfile").read_text().splitlines()
    names = [line.partition(":")[0] for line in lines]
    assert names == ["collector", "dashboard"]
    ports = [free_port(), free_port()]
    file = product.data.parent / "Procfile"
    for at, (line, port) in enumerate(zip(list(lines), ports, strict=True)):
        words = line.replace("byleave", COMMAND, 1) if COMMAND not in line else line
        lines[at] = " ".join(str(port) if word.isdigit() and len(word) == 4 else word for word in words.split(" "))
    file.write_text("\n".join(lines) + "\n")
    honcho = [str(Path(sys.executable).with_name("honcho")), "-f", str(file), "start"]
    with product.log.open("ab") as log:
        child = subprocess.Popen(honcho, env=product.environment, stdout=log, stderr=log, cwd=Path(__file__).parents[1])
    try:
        for port in ports:
            Process(child, port).wait_ready(product.log)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)
    assert product.log.read_text().count("(rc=0)") == 2  # both closed their files and ended well


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (None, "can be opened; no owner is running"),
        ({"rewriting": None}, "open in a running process"),
        (
            {"rewriting": {"phase": "copying", "share": 0.426}},
            "open in a running process, which rewrites it: copying, 43%",
        ),
    ],
    ids=["no owner", "owned", "rewritten"],
)
def test_doctor_tells_how_the_store_is_open(status: dict[str, object] | None, told: str) -> None:
    assert open_in(status) == told
