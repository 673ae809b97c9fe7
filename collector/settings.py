"""Every setting in one table: name, default and help; cast and checked once at start."""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from collector.smtp import Smtp, parse_smtp

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What `private` stands for: loopback, RFC 1918, RFC 4193, link-local and carrier-grade NAT (RFC 6598).
PRIVATE = tuple(
    ipaddress.ip_network(n)
    for n in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
              "100.64.0.0/10", "fc00::/7", "fe80::/10")
)  # fmt: skip


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that says what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one process. Each field is `BYLEAVE_<NAME>` in the environment and `<name>` in `byleave.toml`."""

    data: Annotated[str, Meta(description="Folder that holds everything to back up.")] = "data"
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port to listen on.", ge=0, le=65535)] = 8000
    workers: Annotated[int, Meta(description="Collector processes on one port (`collect`).", ge=1, le=64)] = 1
    prefix: Annotated[
        str, Meta(description="Path under which the tag's routes live.", pattern=r"^(/[A-Za-z0-9_-]+)+$")
    ] = "/c"
    base_url: Annotated[
        str, Meta(description="Public address of this server, for links; empty: taken from the request.")
    ] = ""
    trusted_proxies: Annotated[
        str, Meta(description="Peers whose X-Forwarded-For is believed: addresses, networks or `private`, by comma.")
    ] = ""
    rate_limit: Annotated[str, Meta(description="`on`, or `off` to lift the rate limits.", pattern=r"^(on|off)$")] = (
        "on"
    )
    geo: Annotated[str, Meta(description="Folder or file of the city database; empty: the one npm installed.")] = ""
    geo_key: Annotated[
        str, Meta(description="MaxMind account number, colon, licence key, for `geo update`; empty: DB-IP's free file.")
    ] = ""
    geo_url: Annotated[
        str, Meta(description="Where `geo update` fetches: a mirror or one file; empty: DB-IP or MaxMind themselves.")
    ] = ""
    smtp_url: Annotated[
        str, Meta(description="Mail server for links to new passwords; empty: they stand in the log.")
    ] = ""
    chromium: Annotated[str, Meta(description="Path of the Chromium for `check`; empty: the one on PATH.")] = ""
    duckdb_memory: Annotated[str, Meta(description="Most memory the event store may use.", pattern=r"^\d+(MB|GB)$")] = (
        "2GB"
    )
    duckdb_threads: Annotated[int, Meta(description="Threads a report may use; 0: one a core.", ge=0, le=256)] = 0
    duckdb_compression: Annotated[
        str,
        Meta(
            description="`on`; `off` stores plainly, so that a byte search can prove an absence.", pattern=r"^(on|off)$"
        ),
    ] = "on"
    log_level: Annotated[
        str, Meta(description="debug, info, warning or error.", pattern=r"^(debug|info|warning|error)$")
    ] = "info"

    @property
    def data_path(self) -> Path:
        """The data folder as an absolute path."""
        return Path(self.data).absolute()

    @property
    def smtp(self) -> Smtp | None:
        """The mail server, where one is set. Raises SettingsError on a URL that is none."""
        if not self.smtp_url:
            return None
        try:
            found = parse_smtp(self.smtp_url)
        except ValueError as error:
            raise SettingsError(f"BYLEAVE_SMTP_URL: {error}.") from None
        if not self.base_url:
            raise SettingsError("BYLEAVE_SMTP_URL needs BYLEAVE_BASE_URL: a mailed link must lead here, whoever asked.")
        return found

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """The proxies whose X-Forwarded-For counts. Raises SettingsError on an entry that is neither."""
        return parse_networks(self.trusted_proxies)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses, networks or the word `private`, separated by commas."""
    networks: list[Network] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        if entry == "private":
            networks.extend(PRIVATE)
            continue
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            raise SettingsError(
                f"BYLEAVE_TRUSTED_PROXIES: '{entry}' is no address, network (10.0.0.0/8) or the word private."
            ) from None
    return tuple(networks)


def load(environ: Mapping[str, str] | None = None, file: Path | None = None, **flags: Any) -> Settings:
    """Settings from flags, then the environment, then `byleave.toml`, then the defaults. Raises SettingsError."""
    values = _from_file(file or Path("byleave.toml"))
    values |= _from_environment(os.environ if environ is None else environ)
    values |= {name: value for name, value in flags.items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error))) from None
    _ = settings.trusted_networks, settings.smtp
    return settings


def table() -> list[tuple[str, Any, str]]:
    """(environment name, default, help) of every setting, in the order declared."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        meta = field.type.__metadata__[0] if hasattr(field.type, "__metadata__") else None
        rows.append((f"BYLEAVE_{field.name.upper()}", field.default, getattr(meta, "description", "") or ""))
    return rows


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"Cannot read {path}: {error}. Mend or remove the file.") from None


def unknown(environ: Mapping[str, str]) -> list[str]:
    """`BYLEAVE_*` variables that are no setting: perhaps misspelt, perhaps somebody else's, so worth a warning."""
    known = {name for name, _default, _help in table()}
    return sorted(name for name in environ if name.startswith("BYLEAVE_") and name not in known)


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    known = {f"BYLEAVE_{field.name.upper()}": field.name for field in msgspec.structs.fields(Settings)}
    return {field: environ[name] for name, field in known.items() if name in environ}


def _sentence(error: str) -> str:
    """msgspec's "Expected `int` - at `$.port`" as "Setting port: expected `int`."."""
    text, _, where = error.partition(" - at `$.")
    if not where:
        return f"Settings: {error}."
    return f"Setting {where.rstrip('`')} (BYLEAVE_{where.rstrip('`').upper()}): {text[:1].lower()}{text[1:]}."
