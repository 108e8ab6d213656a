"""The mails on file: every kind in every language, beside which a change of templates or words can be read.

`python -m tests.messages.golden` writes them anew.
"""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from service.messages.catalog import Catalogs
from service.messages.proof import print_proofs, proof_addressee
from service.messages.stationery import Sender, Stationery
from service.schedule.series import Series

DATA = Path(__file__).parent / "data"
TEMPLATES = Path(__file__).parents[2] / "templates"
NOW = datetime(2024, 2, 23, 21, tzinfo=ZoneInfo("Asia/Seoul"))
SERIES = Series(
    slug="reading",
    title="함께 읽는 논문: Large Models",
    language="ko",
    timezone="Asia/Seoul",
    url="https://bell.example.org/reading",
    join_url="https://meet.example.org/reading-room",
)


def read_templates() -> dict[str, str]:
    """The bundled mail templates by name."""
    folder = TEMPLATES / "email"
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}


def read_catalogs() -> Catalogs:
    """The bundled translations of mails."""
    return Catalogs({path.parent.name: path.read_text("utf-8") for path in TEMPLATES.glob("locale/*/mail.po")})


def make_stationery(overrides: dict[str, str] | None = None) -> Stationery:
    """The stationery of an invented service. The bundled one is made once, as compiling templates takes long."""
    return _make(overrides) if overrides else _make_bundled()


@cache
def _make_bundled() -> Stationery:
    return _make({})


def _make(overrides: dict[str, str]) -> Stationery:
    sender = Sender("bell@example.org", "Study bell", "organizer@example.org")
    base_url = "https://bell.example.org"
    return Stationery(read_templates(), read_catalogs(), sender, base_url=base_url, overrides=overrides)


def parse(mail: bytes) -> EmailMessage:
    """A mail as Python's parser reads it."""
    return message_from_bytes(mail, policy=policy.SMTP)


def read_part(mail: EmailMessage, subtype: str) -> str:
    """One of the two bodies of a mail, lines ending in line feeds."""
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def print_mails() -> Iterator[tuple[str, str]]:
    """Name and content of every file in `DATA`."""
    addressee = proof_addressee("https://bell.example.org")
    for proof in print_proofs(make_stationery(), SERIES, now=NOW):
        mail = proof.letter.address(addressee, sent_at=NOW)
        parsed, name = parse(mail), f"{proof.name}.{proof.language}"
        yield f"{name}.headers", mail.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n", "\n") + "\n"
        yield f"{name}.txt", read_part(parsed, "plain")
        yield f"{name}.html", read_part(parsed, "html")
        for part in parsed.walk():
            if part.get_content_type() == "text/calendar":
                yield f"{name}.ics", str(part.get_content()).replace("\r\n", "\n")


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    for file, content in print_mails():
        (DATA / file).write_text(content, "utf-8", newline="\n")
