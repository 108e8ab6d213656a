"""Pacing: when a web server is asked again."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["CEILING", "INTERVAL", "LONGEST", "find_wait", "read_retry_after"]

INTERVAL: Final = 5 * 60.0
"""Seconds between two questions while all is well."""

CEILING: Final = 6 * 3600.0
"""Seconds that no number of failures makes longer."""

LONGEST: Final = 24 * 3600.0
"""Seconds that a server may ask for."""


def find_wait(failures: int, asked: float, chance: float) -> float:
    """Seconds until the next question, after so many failures in a row; the wait doubles from the second one on.

    `asked` is what the server asked for in seconds, 0 if nothing. `chance`, from 0 to 1, spreads the questions of
    many machines over a fifth of the time.
    """
    doublings = min(max(failures - 1, 0), 16)
    wait = min(INTERVAL * 2.0**doublings, CEILING) * (0.8 + 0.2 * chance)
    return max(wait, min(asked, LONGEST))


def read_retry_after(value: str, date: str) -> float:
    """The seconds of a Retry-After field (RFC 9110 10.2.3), 0 if it says nothing that can be understood.

    A moment is counted from the server's own `date` field, so that its clock need not be right.
    """
    if value.isascii() and value.isdigit() and len(value) < 20:
        return float(value)
    try:
        span: timedelta = parsedate_to_datetime(value) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(span.total_seconds(), 0.0)
