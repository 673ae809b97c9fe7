"""Bytes that a browser fetches, as they are built."""

import gzip
from pathlib import Path

from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "collector/static"
TAG_BYTES, MEASURING_BYTES, DASHBOARD_BYTES = 1_200, 2_600, 60 * 1024
PARTS = {
    "more": "events of a page's own",
    "banner": "banner",
    "you": "the visitor's page",
    "cmp": "following a consent tool, beside its adapter",
}


def rows() -> list[Row]:
    """Sizes of the tag and of the dashboard's script, which have a limit, and of each part that few pages load."""
    tag, measure, hashed = (brotli(name) for name in ("tag", "measure", "hash"))
    dashboard = len(gzip.compress((ROOT / "dashboard/static/dashboard.js").read_bytes(), 9))
    return [
        Row("tag before yes, brotli", f"≤ {TAG_BYTES:,} bytes", f"{tag:,} bytes", tag <= TAG_BYTES),
        Row(
            "all that measuring needs after yes, tag included, brotli",
            f"≤ {MEASURING_BYTES:,} bytes", f"{tag + measure:,} bytes", tag + measure <= MEASURING_BYTES,
        ),
        _unlimited("the same with hash routes", tag + hashed),
        *(_unlimited(what, brotli(name)) for name, what in PARTS.items()),
        *(_unlimited(f"adapter for {name}", brotli(name)) for name in adapters()),
        Row(
            "dashboard JavaScript, gzip",
            "≤ 60 KB", f"{dashboard / 1024:.1f} KB", dashboard <= DASHBOARD_BYTES,
        ),
    ]  # fmt: skip


def brotli(name: str) -> int:
    """Bytes of a build as it is served."""
    return len((STATIC / f"{name}.js.br").read_bytes())


def adapters() -> list[str]:
    """Names of the builds that follow one consent tool each: all that are not named otherwise."""
    builds = {path.name.partition(".")[0] for path in STATIC.glob("*.js.br")}
    return sorted(builds - PARTS.keys() - {"tag", "measure", "hash"})


def _unlimited(what: str, size: int) -> Row:
    return Row(f"{what}, loaded only where used, brotli", "", f"{size:,} bytes", True)
