"""The mail server that links are sent through, from one URL."""

from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

PORTS = {"smtp": 587, "smtps": 465}  # RFC 8314: submission with STARTTLS, and submissions


class Smtp(msgspec.Struct, frozen=True):
    """Where to send mails, and as whom. `tls` from the first byte; else a connection is upgraded before a password."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    sender: str

    @property
    def local(self) -> bool:
        """Whether the mail server is this machine, where no wire can be listened to."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_smtp(text: str) -> Smtp:
    """`smtp[s]://user:password@host:port/?from=byleave@example.com`. Raises ValueError, without quoting the URL."""
    parts = urlsplit(text)
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("give it like smtp://user:password@mail.example.com:587/?from=byleave@example.com")
    if "@" not in sender or not sender.isprintable():
        raise ValueError("say at its end who the mails are from, as ?from=byleave@example.com")
    return Smtp(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
    )
