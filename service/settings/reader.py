"""Reading one value: from what TOML or the environment holds to what the setting means.

A reader takes the raw value and returns the meaning, or raises `ValueError` with a sentence that says what to write.
Values from the environment are texts, so every reader takes texts, too.
"""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from email_validator import EmailNotValidError, validate_email

from service.reminders.rule import Rule, parse_rules
from service.schedule.text import clean_line
from service.sources.guard import Network
from service.sources.location import read_location

__all__ = [
    "Reader",
    "one_of",
    "read_address",
    "read_count",
    "read_country",
    "read_day",
    "read_days",
    "read_language",
    "read_link",
    "read_mailbox",
    "read_networks",
    "read_rules",
    "read_slug",
    "read_source",
    "read_span",
    "read_text",
    "read_time",
    "read_url",
    "read_whole_days",
    "read_zone",
]

Reader = Callable[[Any], Any]

_SPAN: Final = re.compile(r"(?:(\d+)w)? *(?:(\d+)d)? *(?:(\d+)h)? *(?:(\d+)m)?")
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_TAKEN: Final = {"confirm", "desk", "healthz", "mailbox", "me", "metrics", "static", "undo", "unsubscribe"}


def read_text(value: Any) -> str:
    """A line of text."""
    if not isinstance(value, str):
        raise ValueError('put it in quotes: "..."')
    return clean_line(value)


def read_source(value: Any) -> str:
    """A path, or the address of a document on the web."""
    source = read_text(value)
    if "://" in source:
        read_location(source)
    return source


def read_networks(value: Any) -> tuple[Network, ...]:
    """IP networks, like "10.20.0.0/16"."""
    try:
        return tuple(ip_network(word) for word in _words(value))
    except ValueError:
        raise ValueError('write networks, like ["10.20.0.0/16", "fd12:3456::/32"]') from None


def read_count(value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)):
        raise ValueError("write a whole number, like 4")
    return int(value)


def one_of(*words: str) -> Reader:
    """A reader of one of a few words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError("write one of: " + ", ".join(f'"{word}"' for word in words))
        return str(value)

    return read


def read_slug(value: Any) -> str:
    """The series' name in addresses."""
    if not isinstance(value, str) or not _SLUG.fullmatch(value) or value in _TAKEN:
        raise ValueError('write a short name of a-z, 0-9 and "-", like "seminar-2026"; pages of studybell are taken')
    return value


def read_url(value: Any) -> str:
    """An http(s) address, without a slash at its end."""
    address = urlsplit(value if isinstance(value, str) else "")
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
        raise ValueError('write a web address, like "https://bell.example.org"')
    return str(value).rstrip("/")


def read_link(value: Any) -> str:
    """An http(s) address of any kind; empty for none."""
    if value != "" and urlsplit(str(value)).scheme not in ("http", "https"):
        raise ValueError('write a web address, like "https://meet.example.org/room", or leave it empty')
    return str(value)


def read_mailbox(value: Any) -> str:
    """An e-mail address, with a name before it if wanted; empty for none."""
    text = read_text(value)
    if not text:
        return ""
    name, address = parseaddr(text)
    address = read_address(address)
    local, _, domain = address.rpartition("@")
    return str(Address(name, local, domain))


def read_address(value: Any) -> str:
    """A bare e-mail address; its domain is spelled in ASCII (IDNA)."""
    try:
        checked = validate_email(str(value), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"write an e-mail address, like name@example.org ({error})") from None
    return f"{checked.local_part}@{checked.ascii_domain}"


def read_language(value: Any) -> str:
    """A language code."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", value):
        raise ValueError('write a language code, like "en" or "ko"')
    return value


def read_zone(value: Any) -> ZoneInfo:
    """An IANA time zone."""
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('write a time zone of the IANA list, like "Asia/Seoul" or "Europe/Berlin"') from None


def read_country(value: Any) -> str:
    """A country code whose public holidays are known, or empty."""
    code = str(value).upper()
    if code and code not in holidays.list_supported_countries():
        raise ValueError('write a country code, like "KR" or "DE", or leave it empty')
    return code


def read_day(value: Any) -> date:
    """A calendar day."""
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a day as year-month-day, like 2026-03-02") from None


def read_days(value: Any) -> frozenset[date]:
    """Several calendar days."""
    return frozenset(map(read_day, _words(value)))


def read_time(value: Any) -> time:
    """A wall-clock time."""
    try:
        return value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        raise ValueError('write a time of day, like "21:00"') from None


def read_span(value: Any) -> timedelta:
    """A duration such as `2h` or `1h 30m`."""
    found = _SPAN.fullmatch(str(value).strip())
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if not span:
        raise ValueError('write a duration, like "2h", "90m", "1h 30m" or "1w"')
    return span


def read_whole_days(value: Any) -> timedelta:
    """A duration of whole days, such as `1w`."""
    span = read_span(value)
    if span % timedelta(days=1):
        raise ValueError('write whole days or weeks, like "1w", "2w" or "3d"')
    return span


def read_rules(value: Any) -> tuple[Rule, ...]:
    """Lead times of reminders; an empty list for none."""
    return parse_rules(" ".join(map(str, _words(value))))


def _words(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [word for word in re.split(r"[\s,]+", str(value)) if word]
