"""`make bench`: measure what can be measured on this machine, print it, and write docs/benchmarks.md."""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import beside, collecting, machine, proving, reporting, seeing, sizes, starting
from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Exit code 1 when a number was not reached, 2 when the machine cannot be measured."""
    if len(os.sched_getaffinity(0)) < 2:
        print("make bench needs two cores: one for the server and one for the load.", file=sys.stderr)
        return 2
    print("\n".join(machine.described()), flush=True)
    rows = sizes.rows()
    # Beside the default data directory: the disk that is used is the disk that is measured.
    (ROOT / "data").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "data") as folder:
        for part in (starting.rows, seeing.rows, collecting.rows, beside.rows, proving.rows, reporting.rows):
            print(f"{part.__module__.rpartition('.')[2]} …", flush=True)
            rows += part(Path(folder) / part.__module__)
    for row in rows:
        print(f"{'✓' if row.reached else '✗'} {row.what}: {row.measured}{row.reach and f' ({row.reach})'}")
    PAGE.write_text(page(rows), "utf-8")
    return 0 if all(row.reached for row in rows) else 1


def page(rows: list[Row]) -> str:
    """The page as it lies in docs/."""
    head = [
        "# Numbers",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}; run it to see those of your machine. This one has:",
        "",
        *(f"- {line}" for line in machine.described()),
        "",
        "Server and load generator keep to a core each; the data lies on disk and every acknowledgement waits for it.",
        "The ratio is a median of rounds taken in turn; the bare endpoint counts by processor time, the collector by",
        "the clock. Latencies count from the moment a request was due. Reports are timed inside the process, on both",
        "cores, without a cache of results, as medians of rounds after a first that brings the file into memory,",
        f"while {reporting.UNSETTLED} visits of the last minutes are not settled yet.",
        f"Their site has {reporting.EVENTS / 1e6:g} M made-up events a year. The numbers to reach are for the",
        "full size: `BENCH_EVENTS=100000000 make bench`.",
        "",
        "| what | reach | measured | reached |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *(row.line for row in rows)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
