"""A batch on its way from the collector to the store: stripped rows, and what the loader must know about them."""

import msgspec


class Batch(msgspec.Struct, frozen=True):
    """The stored form of one accepted beacon."""

    nonce: bytes
    """16 bytes: keyed hash of the consent and the beacon's nonce; the same for every retry."""
    subject: bytes
    """16 bytes: keyed hash of the first linked consent; finds the rows to erase."""
    issued: int
    """Unix seconds at which the token was issued: a later narrowing of the purposes applies to this batch too."""
    received: int
    """Unix seconds of the server's clock at which the beacon arrived."""
    lines: bytes
    """NDJSON: one line, newline included, per row of the table `event`; keys are its columns, absent keys are NULL."""
