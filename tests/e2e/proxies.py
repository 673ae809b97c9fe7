"""nginx and Caddy, run with the very files of docs/install/; only ports, certificates and folders are a test's own."""

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.processes import free_port

RECIPES = Path(__file__).parents[2] / "docs/install"
BYLEAVE, WEBSITE = "hello.example.com", "www.example.com"
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Own</title>'
    '<script defer src="/c/tag.js" data-site="example.com"></script></head><body><main>Own</main></body></html>'
)
# What nginx's main file says on Debian, but that logs are on: the recipe has to turn them off.
AROUND = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log info;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  types {{ text/html html; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/recipe.conf;
}}
"""


class Proxy(NamedTuple):
    """A running proxy; everything it writes lies in `folder`."""

    port: int
    folder: Path

    def ask(
        self, host: str, path: str, method: str = "GET", content: bytes = b"", address: str = "127.0.0.2", **head: str
    ) -> httpx2.Response:
        """One request as a visitor from a loopback address; `_` in a header's name stands for `-`."""
        headers = {"host": host, **{name.replace("_", "-"): value for name, value in head.items()}}
        with httpx2.Client(transport=httpx2.HTTPTransport(verify=_anything(), local_address=address)) as client:
            return client.request(
                method, f"https://127.0.0.1:{self.port}{path}", content=content or None, headers=headers,
                extensions={"sni_hostname": host},
            )  # fmt: skip

    def written(self) -> str:
        """All that the proxy wrote, but for its configuration and certificates."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


def _anything() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def replaced(recipe: str, changes: dict[str, str]) -> str:
    """A recipe with what a test has to change. Fails where the recipe does not say it."""
    for old, new in changes.items():
        assert old in recipe, old
        recipe = recipe.replace(old, new)
    return recipe


def _nginx(folder: Path, port: int, upstream: int) -> list[str]:
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "/var/www/example.com": f"{folder}/www",
        **{
            f"/etc/ssl/{host}.{kind}": f"{folder}/both.{kind}" for host in (BYLEAVE, WEBSITE) for kind in ("pem", "key")
        },
    }
    (folder / "recipe.conf").write_text(replaced((RECIPES / "nginx.conf").read_text("utf-8"), changes))
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not read the test's folder
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, upstream: int) -> list[str]:
    own = f":{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/both.pem {folder}/both.key\n"
    changes = {
        "\n{\n\tlog {": "\n{\n\tadmin off\n\tauto_https off\n\tlog {",
        f"\n{BYLEAVE} {{\n": f"\n{BYLEAVE}{own}",
        f"\n{WEBSITE} {{\n": f"\n{WEBSITE}{own}",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "/var/www/example.com": f"{folder}/www",
    }
    (folder / "Caddyfile").write_text(replaced((RECIPES / "Caddyfile").read_text("utf-8"), changes))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


COMMANDS: dict[str, Callable[[Path, int, int], list[str]]] = {"nginx": _nginx, "caddy": _caddy}


def installed(name: str) -> str:
    """The path of a proxy; empty where there is none."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


@contextmanager
def proxy(name: str, folder: Path, upstream: int) -> Iterator[Proxy]:
    """A proxy before a port of this machine, with a website of one page; ended with the test."""
    (folder / "www").mkdir(parents=True)
    (folder / "www/index.html").write_text(PAGE)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={WEBSITE}", "-addext", f"subjectAltName=DNS:{WEBSITE},DNS:{BYLEAVE}"),
            *("-keyout", str(folder / "both.key"), "-out", str(folder / "both.pem")),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    found = Proxy(free_port(), folder)
    program, *arguments = COMMANDS[name](folder, found.port, upstream)
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "printed.log").open("wb") as printed:
        child = subprocess.Popen([installed(program), *arguments], stdout=printed, stderr=printed, env=environment)
    try:
        _wait(found, child)
        yield found
    finally:
        child.terminate()
        child.wait(10)


def _wait(found: Proxy, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while True:
        assert child.poll() is None, found.written()
        try:
            # Not from the visitor's address: what a proxy writes while it starts is none of the test's.
            assert found.ask(WEBSITE, "/", address="127.0.0.1").status_code == 200
            return
        except httpx2.TransportError:
            assert time.monotonic() < deadline, found.written()
            time.sleep(0.05)
