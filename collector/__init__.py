"""The write side of Byleave: consent, stripping, the durable spool, the event store and the command line."""

__version__ = "0.1.0"
