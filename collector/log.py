"""Logging: one line an event, to standard error, in key=value; what a visitor sent is never a value."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# What would begin a new line or steer a terminal (C0, C1, and the separators that some readers take for a new line).
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def configure(level: str = "info") -> None:
    """Set up structlog, and let the libraries' own warnings through in the same form."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            one_line,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Libraries())
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    # uvicorn's error logger prints exception texts with request lines in them; ours says the kind of error alone.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def one_line(_logger: WrappedLogger, _method: str, values: EventDict) -> EventDict:
    """The values of a line without what would end it."""
    return {name: escaped(value) if isinstance(value, str) else value for name, value in values.items()}


def escaped(text: str) -> str:
    """`text` with control characters as `\\x1b`."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class Libraries(logging.Formatter):
    """A library's record as one line: what it says of itself, without what it says it of.

    asyncio tells of an error by the text of the exception, the call with its arguments and the socket with its peer.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The level, the logger, the fixed part of the message, and the kind of error."""
        said = escaped(str(record.msg).partition("\n")[0].partition("(")[0].strip())
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return f'level={record.levelname.lower()} logger={record.name} event="{said}"' + (
            f" error={error}" if error else ""
        )
