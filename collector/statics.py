"""The built scripts that pages load, by name and by hash; each build stays served for a year after it was current."""

import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

BUILT = Path(__file__).parent / "static"
KEPT_S = 366 * 86_400  # a page with an integrity attribute may name a build for a year
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_MIN_PREFIX = 8


class StaticsError(Exception):
    """The built scripts are missing; the message says what to do."""


class Script(NamedTuple):
    """One build of one script, plain and compressed."""

    sha256: str
    plain: bytes
    encoded: dict[str, bytes]

    def accepted(self, accept_encoding: str) -> tuple[bytes, str | None]:
        """The smallest form a client accepts, and its Content-Encoding."""
        offered = {part.partition(";")[0].strip().lower() for part in accept_encoding.split(",") if "q=0" not in part}
        for coding, _ in _ENCODINGS:
            if coding in offered and coding in self.encoded:
                return self.encoded[coding], coding
        return self.plain, None


class Statics:
    """All scripts this process serves."""

    def __init__(self, tag: Script, you: Script, builds: dict[str, Script]) -> None:
        self.tag = tag
        self.you = you
        self._builds = builds

    @classmethod
    def open(cls, data: Path, built: Path = BUILT) -> "Statics":
        """Read this version's builds, lay them by for later versions, and read what earlier ones laid by. Blocks."""
        try:
            manifest = msgspec.json.decode((built / "manifest.json").read_bytes(), type=dict[str, dict[str, str]])
        except OSError:
            raise StaticsError("The built scripts are missing. Run: make setup") from None
        if not {"tag", "you"} <= manifest.keys():
            raise StaticsError("The built scripts are of an earlier version. In js/, run: npm run build")
        shelf = data / "builds"
        shelf.mkdir(exist_ok=True)
        current = {entry["sha256"]: _script(built / entry["file"], entry["sha256"]) for entry in manifest.values()}
        for script in current.values():
            _lay_by(shelf, script)
        tag, you = (current[manifest[name]["sha256"]] for name in ("tag", "you"))
        return cls(tag, you, _earlier(shelf) | current)

    def by_prefix(self, prefix: str) -> Script | None:
        """The build whose SHA-256 begins so; None when there is none or more than one."""
        found = [script for sha, script in self._builds.items() if sha.startswith(prefix)]
        return found[0] if len(found) == 1 and len(prefix) >= _MIN_PREFIX else None


def _script(path: Path, sha256: str) -> Script:
    encoded = {coding: path.with_name(path.name + suffix) for coding, suffix in _ENCODINGS}
    return Script(
        sha256, path.read_bytes(), {coding: file.read_bytes() for coding, file in encoded.items() if file.exists()}
    )


def _lay_by(shelf: Path, script: Script) -> None:
    for suffix, content in (
        ("", script.plain),
        *((dict(_ENCODINGS)[coding], body) for coding, body in script.encoded.items()),
    ):
        path = shelf / f"{script.sha256}.js{suffix}"
        if path.exists():
            os.utime(path)  # current today: its year begins again
            continue
        handle, name = tempfile.mkstemp(dir=shelf)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(path)


def _earlier(shelf: Path) -> dict[str, Script]:
    builds = {}
    for path in shelf.glob("*.js"):
        if time.time() - path.stat().st_mtime > KEPT_S:
            for old in shelf.glob(f"{path.name}*"):
                old.unlink(missing_ok=True)
            continue
        builds[path.stem] = _script(path, path.stem)
    return builds
