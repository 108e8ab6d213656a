"""Header fields of a mail, written by hand: nothing a stranger typed can end a line or begin another field.

The standard library's generator encodes every long token (RFC 2047), which breaks List-Unsubscribe and References,
and costs milliseconds. This writer knows three shapes: free text, an address with a name, and a token that stays as
it is, however long.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import idna

from service.schedule.text import clean_line

__all__ = [
    "clean_header",
    "encode_address",
    "encode_domain",
    "write_mailbox",
    "write_text",
    "write_token",
    "write_tokens",
]

_LONGEST_TEXT = 200
_LONGEST_LINE = 76  # RFC 2047 2: a line with encoded words has at most 76 characters
_LONGEST_WORD = 75
_LONGEST_TOKEN = 900  # RFC 5322 2.1.1: a line has at most 998 characters
_WORD_FRAME = len("=?utf-8?b?" + "?=")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_TOKEN = re.compile(r"[!-~]+(?: [!-~]+)*")


def clean_header(text: str) -> str:
    """`text` as a header may carry it: one NFC line without controls or direction overrides, 200 characters at most."""
    line = clean_line(text)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1].rstrip() + "…"


def write_text(name: str, text: str) -> bytes:
    """A field of free text such as Subject (RFC 5322 2.2.1), folded, in encoded words unless it is plain ASCII."""
    cleaned = clean_header(text)
    return _fold(name, cleaned.split(" ") if _is_plain(cleaned) else _encode_words(cleaned, _room(name)))


def write_mailbox(name: str, address: str, display_name: str = "") -> bytes:
    """A field with one mailbox such as From or To (RFC 5322 3.4), its domain in IDNA.

    Raises ValueError for an address that mail without SMTPUTF8 cannot carry.
    """
    words = list(_write_phrase(clean_header(display_name), _room(name)))
    mailbox = encode_address(address)
    return _fold(name, [*words, f"<{mailbox}>"] if words else [mailbox])


def write_token(name: str, token: str, phrase: str = "") -> bytes:
    """A field whose `token` is written as it is on one line; an optional `phrase` describes it (RFC 2919).

    Raises ValueError if the token has other characters than printable ASCII, or more than 900.
    """
    words = _write_phrase(clean_header(phrase), _room(name)) if phrase else ()
    return _fold(name, [*words, _check_token(name, token)])


def write_tokens(name: str, tokens: Sequence[str]) -> bytes:
    """A field that lists tokens with commas between them, each whole on a line. Raises ValueError as `write_token`."""
    *others, last = [_check_token(name, token) for token in tokens]
    return _fold(name, [*(f"{token}," for token in others), last])


def encode_address(address: str) -> str:
    """An address as mail carries it, its domain in IDNA. Raises ValueError for one that needs SMTPUTF8."""
    local, at, domain = address.rpartition("@")
    if not at or len(local) > 64 or not _LOCAL_PART.fullmatch(local):
        raise ValueError("the part of an address before the @ must be plain ASCII without quotes")
    return f"{local}@{encode_domain(domain)}"


@lru_cache(1024)  # most readers share few providers
def encode_domain(domain: str) -> str:
    """A domain in the ASCII form that mail and DNS use (RFC 5891): `한글.kr` is `xn--bj0bj06e.kr`.

    Raises ValueError if it is no domain.
    """
    try:
        encoded = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{domain[:60]!r} is no domain: {error}") from error
    if not _DOMAIN.fullmatch(encoded):
        raise ValueError(f"{domain[:60]!r} is no domain")
    return encoded


def _check_token(name: str, token: str) -> str:
    if len(token) > _LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise ValueError(f"{name} cannot be {token[:60]!r}: it must be a short run of printable ASCII")
    return token


def _write_phrase(text: str, room: int) -> Iterable[str]:
    """A display name as atoms, a quoted string or encoded words (RFC 5322 3.2.5, RFC 2047 5)."""
    if not text:
        return []
    if not _is_plain(text):
        return _encode_words(text, room)
    if _ATOMS.fullmatch(text):
        return text.split(" ")
    return ['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"']


def _is_plain(text: str) -> bool:
    """Whether readers show `text` as it stands: ASCII in which nothing looks like an encoded word."""
    return text.isascii() and "=?" not in text


def _encode_words(text: str, room: int) -> Iterator[str]:
    """`text` in encoded words (RFC 2047, B), none of which splits a character; the first one fits into `room`."""
    if len(whole := text.encode()) <= (room - _WORD_FRAME) // 4 * 3:
        yield f"=?utf-8?b?{b64encode(whole).decode('ascii')}?="
        return
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > (room - _WORD_FRAME) // 4 * 3:
            yield f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?="
            chunk, room = b"", _LONGEST_WORD
        chunk += encoded
    yield f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?="


def _room(name: str) -> int:
    return _LONGEST_LINE - len(name) - len(": ")


def _fold(name: str, words: Iterable[str]) -> bytes:
    """The field with its words on lines of at most 76 characters, where they allow it (RFC 5322 2.2.3)."""
    words = tuple(words)
    if len(line := f"{name}: {' '.join(words)}") <= _LONGEST_LINE:
        return f"{line}\r\n".encode("ascii")
    lines, line = [], f"{name}:"
    for number, word in enumerate(words):
        if number and len(line) + 1 + len(word) > _LONGEST_LINE:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line, ""]).encode("ascii")
