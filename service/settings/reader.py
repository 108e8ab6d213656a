"""Reading one value: from what TOML or the environment holds to what the setting means.

A reader takes the raw value and returns the meaning, or raises `ValueError` with a sentence that says what to write.
Values from the environment are texts, so every reader takes texts, too.
"""

import re
from collections.abc import Callable
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from service.delivery.verp import LONGEST_LOCAL_PART
from service.schedule.text import clean_line
from service.sources.guard import Network
from service.sources.location import read_location

__all__ = [
    "TAKEN",
    "Reader",
    "one_of",
    "read_address",
    "read_count",
    "read_key_files",
    "read_language",
    "read_link",
    "read_mailbox",
    "read_networks",
    "read_ping",
    "read_return_address",
    "read_slug",
    "read_source",
    "read_switch",
    "read_text",
    "read_url",
    "read_words",
]

Reader = Callable[[Any], Any]

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SELECTOR: Final = re.compile(r"(?i)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
TAKEN: Final = frozenset(
    ["confirm", "desk", "healthz", "mailbox", "me", "metrics", "new-link", "openapi", "static", "undo", "unsubscribe"]
)
"""Names that pages of studybell have."""


def read_text(value: Any) -> str:
    """A line of text."""
    if not isinstance(value, str):
        raise ValueError('put it in quotes: "..."')
    return clean_line(value)


def read_switch(value: Any) -> bool:
    """Yes or no; from the environment, as text."""
    said = str(value).lower()
    if said not in ("true", "false"):
        raise ValueError("write true or false")
    return said == "true"


def read_source(value: Any) -> str:
    """A path, or the address of a document on the web."""
    source = read_text(value)
    if "://" in source:
        read_location(source)
    return source


def read_networks(value: Any) -> tuple[Network, ...]:
    """IP networks, like "10.20.0.0/16"."""
    try:
        return tuple(ip_network(word) for word in read_words(value))
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
    if not isinstance(value, str) or not _SLUG.fullmatch(value) or value in TAKEN:
        raise ValueError('write a short name of a-z, 0-9 and "-", like "seminar-2026"; pages of studybell are taken')
    return value


def read_url(value: Any) -> str:
    """An http(s) address, without a slash at its end."""
    address = urlsplit(value if isinstance(value, str) else "")
    is_clean = str(value).isprintable() and not address.query and not address.fragment
    if address.scheme not in ("http", "https") or not address.hostname or not is_clean:
        raise ValueError('write a web address, like "https://bell.example.org"')
    return str(value).rstrip("/")


def read_link(value: Any) -> str:
    """An http(s) address of any kind; empty for none."""
    is_address = urlsplit(str(value)).scheme in ("http", "https") and str(value).isprintable()
    if value != "" and not is_address:
        raise ValueError('write a web address, like "https://meet.example.org/room", or leave it empty')
    return str(value)


def read_ping(value: Any) -> str:
    """An address that may hold a key: https, or on this machine; empty for none."""
    address = urlsplit(value if isinstance(value, str) else "-")
    is_here = address.hostname in ("127.0.0.1", "::1", "localhost")
    if value != "" and not (address.hostname and (address.scheme == "https" or (address.scheme == "http" and is_here))):
        raise ValueError('write an https address, like "https://watch.example.org/ping/key", or leave it empty')
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


def read_return_address(value: Any) -> str:
    """An address to which a token is added before its @; empty for none."""
    if value == "":
        return ""
    address = read_address(value)
    local, _, _ = address.rpartition("@")
    if not re.fullmatch(rf"[\w.-]{{1,{LONGEST_LOCAL_PART}}}", local, re.ASCII):
        raise ValueError(f'write before the @ up to {LONGEST_LOCAL_PART} of a-z, 0-9, ".", "_" and "-"')
    return address


def read_key_files(value: Any) -> tuple[tuple[str, str], ...]:
    """Selectors of keys in DNS, each with the file of its key."""
    if not isinstance(value, dict) or not all(_SELECTOR.fullmatch(name) for name in value):
        raise ValueError('write a name in DNS for each key and its file, like { s1 = "dkim-rsa.pem" }')
    return tuple((name, read_text(file)) for name, file in value.items())


def read_language(value: Any) -> str:
    """A language code."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", value):
        raise ValueError('write a language code, like "en" or "ko"')
    return value


def read_words(value: Any) -> list[Any]:
    """The words of a list, or of a text with blanks or commas between them."""
    return value if isinstance(value, list) else [word for word in re.split(r"[\s,]+", str(value)) if word]
