"""`byleave demo` as it is typed: it fills its own folder once, then serves it like `serve` does."""

import json
from pathlib import Path
from urllib.request import urlopen

from blockbuster import BlockBuster

from collector.demo.fill import SITE
from tests.processes import byleave, stored_rows


def test_the_demo_fills_its_own_folder_once_and_serves_it(tmp_path: Path, blockbuster: BlockBuster) -> None:
    blockbuster.deactivate()
    with byleave(tmp_path) as product:
        product.run("site", "add", "example.com")
        told = product.run("demo", "--data", str(product.data), "--port", "0", code=1)
        assert "example.com" in told
        running = product.start("demo", "--events", "3000")
        said = product.log.read_text()
        assert "made-up events" in said
        link = said.partition(f"{running.url}/welcome/")[2].split()[0]
        with urlopen(f"http://127.0.0.1:{running.port}/welcome/{link}", timeout=10) as page:
            assert page.status == 200
        assert running.stop() == 0
        folder = tmp_path / "data-demo"
        assert "holds a demo already" in product.run(
            "demo", "--events", "10", "--data", str(folder), "--port", "0", code=1
        )
        assert product.start("demo").stop() == 0
        marked = json.loads((folder / "demo.json").read_text())
        ((site, rows),) = stored_rows(folder, "SELECT site, count(*) FROM event GROUP BY site")
        assert (site, rows, marked["site"]) == (SITE, marked["events"], SITE)
        assert not (product.data / "events").exists()
