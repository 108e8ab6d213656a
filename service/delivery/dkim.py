"""DKIM: what of a mail is signed, in which form, and how the signature is written (RFC 6376).

Header and body are signed in the relaxed form: it outlives relays that fold a field anew or trim a line.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

__all__ = ["Promise", "Signed", "relax_body", "relax_field", "write_signature"]

_TWICE: Final = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")
_ONCE: Final = (
    b"cc",
    b"reply-to",
    b"in-reply-to",
    b"references",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"feedback-id",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",  # RFC 8058 4: without these two in it no mailbox shows the button
)
_FOLD: Final = 72
_UNFOLDED: Final = re.compile(rb"\r\n(?=[ \t])")
_BLANKS: Final = re.compile(rb"[ \t]+")
_TRAILING: Final = re.compile(rb"[ \t]+(?=\r\n)")


@dataclass(frozen=True, slots=True)
class Promise:
    """What a signature says of itself: the `domain` that vouches for the mail, and under which name its key is found.

    `algorithm` is `rsa-sha256` (RFC 8301) or `ed25519-sha256` (RFC 8463).
    """

    domain: str
    selector: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed of a mail: its relaxed fields with their names in order, and the hash of its body in base64.

    Fields that every mail has once are named once more than they are there: nobody can add another (RFC 6376 8.15).
    """

    names: bytes
    fields: bytes
    body_hash: bytes

    @classmethod
    def of(cls, content: bytes) -> "Signed":
        """What is signed of a whole mail, whose lines end with CRLF."""
        header, _, body = content.partition(b"\r\n\r\n")
        found: dict[bytes, list[bytes]] = {}
        for field in re.split(rb"\r\n(?![ \t])", header):
            relaxed = relax_field(field)
            found.setdefault(relaxed.partition(b":")[0], []).insert(0, relaxed)  # from the last (RFC 6376 5.4.2)
        names = [name for name in (*_TWICE, *_ONCE) for _ in found.get(name, ())]
        fields = [field for name in (*_TWICE, *_ONCE) for field in found.get(name, ())]
        hashed = hashlib.sha256(relax_body(body)).digest()
        return cls(b":".join((*names, *_TWICE)), b"".join(fields), b64encode(hashed))


def write_signature(signed: Signed, promise: Promise, at: datetime, sign: Callable[[bytes], bytes]) -> bytes:
    """The header field that promises, `at` that instant (aware), what is `signed`; it never expires.

    `sign` makes the signature of some bytes. The field goes before all others.
    """
    said = f"v=1; a={promise.algorithm}; c=relaxed/relaxed; d={promise.domain}; s={promise.selector};"
    lines = [
        b"DKIM-Signature: " + said.encode("ascii"),
        b" t=%d; bh=%s;" % (int(at.timestamp()), signed.body_hash),
        *_fold(b" h=" + signed.names + b";"),
        b" b=",
    ]
    field = b"\r\n".join(lines)
    signature = b64encode(sign(signed.fields + relax_field(field + b"\r\n").removesuffix(b"\r\n")))
    pieces = [signature[start : start + _FOLD] for start in range(0, len(signature), _FOLD)]
    return field + b"\r\n ".join(pieces) + b"\r\n"


def relax_field(field: bytes) -> bytes:
    """A header field, which may be folded, in relaxed form (RFC 6376 3.4.2), CRLF at its end."""
    name, _, value = _UNFOLDED.sub(b"", field).partition(b":")
    return name.strip(b" \t").lower() + b":" + _BLANKS.sub(b" ", value).strip(b" \t\r\n") + b"\r\n"


def relax_body(body: bytes) -> bytes:
    """A body in relaxed form (RFC 6376 3.4.4): blanks are one, none ends a line, and no empty line ends the body."""
    if b" \r\n" in body or b"\t" in body or b"  " in body or body.endswith(b" "):  # ours, being base64, hardly ever
        body = _BLANKS.sub(b" ", _TRAILING.sub(b"", body + b"\r\n"))
    kept = body.rstrip(b"\r\n")
    return kept + b"\r\n" if kept else b""


def _fold(line: bytes) -> list[bytes]:
    """A list with colons on lines of 72 characters at most."""
    lines, rest = [], line
    while len(rest) > _FOLD:
        cut = rest.rindex(b":", 0, _FOLD) + 1
        lines.append(rest[:cut])
        rest = b" " + rest[cut:]
    return [*lines, rest]
