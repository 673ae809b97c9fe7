"""Bytes that a browser fetches, as they are built."""

import gzip
from pathlib import Path

from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
TAG_BYTES, MEASURING_BYTES, DASHBOARD_BYTES = 1_200, 2_600, 60 * 1024


def rows() -> list[Row]:
    """Sizes of the tag and of the dashboard's script."""
    tag, measure = (len((ROOT / f"collector/static/{name}.js.br").read_bytes()) for name in ("tag", "measure"))
    dashboard = len(gzip.compress((ROOT / "dashboard/static/dashboard.js").read_bytes(), 9))
    return [
        Row("tag before yes, brotli", f"≤ {TAG_BYTES:,} bytes", f"{tag:,} bytes", tag <= TAG_BYTES),
        Row(
            "all that measuring needs after yes, tag included, brotli",
            f"≤ {MEASURING_BYTES:,} bytes", f"{tag + measure:,} bytes", tag + measure <= MEASURING_BYTES,
        ),
        Row(
            "dashboard JavaScript, gzip",
            "≤ 60 KB", f"{dashboard / 1024:.1f} KB", dashboard <= DASHBOARD_BYTES,
        ),
    ]  # fmt: skip
