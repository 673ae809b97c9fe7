"""The house itself: what the wheel carries, what the lists name, and what no file may hold."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from collector import settings
from collector.store.migrate import migrate
from collector.store.queries import sql

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NPM = ("js", "js/package", "js/tag", "js/measure", "js/banner", "js/adapters", "js/you", "js/dashboard")


def tracked() -> list[Path]:
    """Every file that git knows, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names inside a wheel built from this folder, without a network and without isolation."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("byleave-*.whl")
    return set(zipfile.ZipFile(built).namelist())


@pytest.mark.parametrize("package", ["collector", "dashboard"])
def test_the_wheel_carries_every_file_that_the_code_reads(wheel: set[str], package: str) -> None:
    needed = {".py", ".sql", ".toml", ".html", ".css", ".js", ".json", ".br", ".gz", ".svg", ".mako"}
    files = {p.relative_to(ROOT).as_posix() for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix in needed}
    missing = {name for name in files if "__pycache__" not in name} - wheel
    assert not missing


@pytest.mark.parametrize(
    "name",
    [
        "collector/static/tag.js",
        "collector/static/measure.js",
        "collector/static/banner.js",
        "collector/static/you.js",
        "collector/static/manifest.json",
        "collector/consent/texts/de.toml",
        "collector/store/migrations/0001_event.sql",
        "dashboard/static/dashboard.js",
    ],
)
def test_the_wheel_carries(wheel: set[str], name: str) -> None:
    assert name in wheel


def test_the_wheel_carries_nothing_else(wheel: set[str]) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in wheel} == {"collector", "dashboard", "byleave"}


def test_the_procfile_has_its_two_lines() -> None:
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["collector", "dashboard"]
    assert [line.split()[1:4] for line in lines] == [["exec", "byleave", name] for name in ("collect", "dashboard")]


@pytest.mark.parametrize("target", ["setup", "run", "test", "soak", "bench", "clean"])
def test_the_makefile_has(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def declared() -> set[str]:
    """The direct dependencies of both sides, by name."""
    groups = PROJECT["dependency-groups"]
    lines = PROJECT["project"]["dependencies"] + groups["dev"] + groups["build"]
    names = {re.split(r"[\[<>=!~ ]", line)[0] for line in lines}
    for folder in NPM:
        package = msgspec.json.decode((ROOT / folder / "package.json").read_bytes())
        names |= {*package.get("dependencies", {}), *package.get("devDependencies", {})}
    return names


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    described = [name for row in rows for name in row.split(", ") if name not in ("package", "---")]
    assert len(described) == len(set(described)), "a dependency has two lines"
    assert set(described) == declared()


LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
    "requirements-build.lock": PROJECT["dependency-groups"]["build"],
}


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_files_pin_every_dependency_with_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    assert {re.split(r"[\[<>=!~ ]", line)[0] for line in LOCKS[lock]} <= set(locked)
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", text.strip()))


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    for name, default, about in settings.table():
        assert f"| `{name}` | {f'`{default}`' if default != '' else 'empty'} | {about} |" in text


def test_the_privacy_page_names_every_column_that_is_stored() -> None:
    schema = (ROOT / "collector/store/migrations/0001_event.sql").read_text("utf-8")
    columns = re.findall(r"^    (\w+) +[A-Z]", schema.partition("CREATE TABLE loaded")[0], re.MULTILINE)
    table = (ROOT / "docs/privacy.md").read_text("utf-8").partition("## A row")[2].partition("## Beside")[0]
    named = [name for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in row.split(", ")]
    assert sorted(named) == sorted(["column", *columns])


def test_the_privacy_page_names_every_table_of_the_store(tmp_path: Path) -> None:
    """Store, `byleave schema` and page: a table that one of them lacks, or a column without words, is found."""
    with duckdb.connect(str(tmp_path / "store.duckdb")) as db:
        migrate(db)
        columns = db.execute(sql("columns")).fetchall()
    assert all(about_table and about for _, about_table, _, _, _, about in columns)
    beside = (ROOT / "docs/privacy.md").read_text("utf-8").partition("## Beside the rows")[2].partition("\n## ")[0]
    assert {table for table, *_ in columns} - {"event"} == set(re.findall(r"\(`(\w+)`\)", beside))


# Put together from pieces, so that this file does not hold them itself.
FORBIDDEN = {
    "a registry's host": ["npmjs" + ".org", "yarnpkg" + ".com", "pythonhosted" + ".org", "pypi" + ".org"],
    "a folder of one machine": ["/work" + "/main", "/work" + "/shared", f"{ROOT}/", f"{Path.home()}/"],
}


@pytest.mark.parametrize("needles", FORBIDDEN.values(), ids=list(FORBIDDEN))
def test_no_file_holds(needles: list[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in tracked()
        for text in [path.read_bytes()]
        for needle in needles
        if needle.encode() in text
    ]
    assert not found


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data/README.md"]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"


def test_modules_stay_readable() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for folder in ("collector", "dashboard", "example")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    ]
    assert not long
