"""What goes into a site's pages: the tag by its name, or pinned to its bytes by subresource integrity."""

import base64
from pathlib import Path

import msgspec

from collector.settings import Settings
from collector.statics import BUILT, StaticsError

OPENED = ("tag", "you")  # by pages themselves; every other build is a part that the tag imports
_TAG_DIGITS = 16
_PART_DIGITS = 8  # PREFIX in js/bundle.mjs: how the tag names its parts


def address(settings: Settings) -> str:
    """Where the tag's routes answer, or what to write there by hand."""
    return (settings.base_url.rstrip("/") or "https://YOUR-BYLEAVE-HOST") + settings.prefix


def by_name(settings: Settings, site: str) -> str:
    """The one line that goes into a site's pages: always the newest build."""
    return f'<script defer src="{address(settings)}/tag.js" data-site="{site}"></script>'


def pinned(settings: Settings, site: str, built: Path = BUILT) -> str:
    """Two lines that let no byte but this build's run: an import map for the parts, and the tag. Raises StaticsError.

    Browsers check what is imported against the map's `integrity` (HTML standard, section 8.1.5.2, import maps); those
    that do not know it yet check the tag alone, which names its parts by their hash. Blocks.
    """
    try:
        manifest = msgspec.json.decode((built / "manifest.json").read_bytes(), type=dict[str, dict[str, str]])
    except OSError:
        raise StaticsError("The built scripts are missing. Run: make setup") from None
    base = f"{address(settings)}/t"
    hashes = {name: entry["sha256"] for name, entry in manifest.items()}
    parts = {
        f"{base}/{sha256[:_PART_DIGITS]}.js": integrity(sha256)
        for name, sha256 in sorted(hashes.items())
        if name not in OPENED
    }
    tag = hashes["tag"]
    return (
        f'<script type="importmap">{msgspec.json.encode({"integrity": parts}).decode()}</script>\n'
        f'<script defer src="{base}/{tag[:_TAG_DIGITS]}.js" integrity="{integrity(tag)}" crossorigin="anonymous"'
        f' data-site="{site}"></script>'
    )


def integrity(sha256: str) -> str:
    """Integrity metadata of a SHA-256 in hex (https://www.w3.org/TR/sri-2/#integrity-metadata-description)."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"
