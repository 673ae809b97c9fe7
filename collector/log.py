"""Logging: one line an event, to standard error, in key=value; what a visitor sent is never a value."""

import logging
import sys

import structlog


def configure(level: str = "info") -> None:
    """Set up structlog, and let the libraries' own warnings through in the same form."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("level=%(levelname)s logger=%(name)s event=%(message)r"))
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    # uvicorn's error logger prints exception texts with request lines in them; ours says the kind of error alone.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
