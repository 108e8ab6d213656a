"""Every kind of mail in every language as its reader gets it, with what it was rendered from beside the bytes."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import escape

from service.messages.letter import Addressee, Letter
from service.messages.proof import print_proofs
from tests.messages.golden import NOW, SERIES, make_stationery

__all__ = ["LETTERS", "NOW", "READER", "Written", "write"]

_BASE_URL: Final = "https://bell.example.org"
_TOKEN: Final = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"

READER: Final = Addressee(
    email="reader@example.org",
    name="김독자",
    message_id="<0a1b2c3d4e5f60718293a4b5c6d7e8f9@bell.example.org>",
    thread_id="<ffeeddccbbaa99887766554433221100@bell.example.org>",
    unsubscribe_url=f"{_BASE_URL}/unsubscribe/{_TOKEN}",
    unsubscribe_address="bounces+u-aaaaaaaaaaaaaaaaaaaaaaaa@bell.example.org",
    preferences_url=f"{_BASE_URL}/me/{_TOKEN}",
    confirm_url=f"{_BASE_URL}/confirm/{_TOKEN}",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A mail: its bytes, and the two bodies as they were rendered (CRLF, before any encoding)."""

    name: str
    language: str
    letter: Letter
    content: bytes
    text: str
    html: str

    def __str__(self) -> str:
        return f"{self.name}.{self.language}"


def write(name: str, language: str, letter: Letter) -> Written:
    """The letter as it goes to `READER`."""
    body = letter.named or letter.nameless
    plain = {field: str(getattr(READER, field)) for field in (*letter.fields, "name")}
    html = {field: str(escape(value)) for field, value in plain.items()}
    return Written(
        name,
        language,
        letter,
        letter.address(
            READER._replace(thread_id="" if "confirm_url" in letter.fields else READER.thread_id), sent_at=NOW
        ),
        b64decode(b"".join(body.text.fill(_encode(plain)))).decode(),
        b64decode(b"".join(body.html.fill(_encode(html)))).decode(),
    )


def _encode(values: Mapping[str, str]) -> Mapping[str, bytes]:
    return {field: value.encode() for field, value in values.items()}


def _write_all() -> Iterator[Written]:
    for proof in print_proofs(make_stationery(), SERIES, now=NOW):
        yield write(proof.name, proof.language, proof.letter)


LETTERS: Final = tuple(_write_all())
