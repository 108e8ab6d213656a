"""Writing a mail: addressing a letter, against rendering and building an EmailMessage for each reader."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import css_inline
from jinja2 import DictLoader, Environment

from service.messages.catalog import Catalogs
from service.messages.compose import compose
from service.messages.letter import Addressee
from service.messages.message import Reminder
from service.messages.stationery import Sender, Stationery
from service.resources import TEMPLATES, read_catalogs, read_texts
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.seasons import NOW, SERIES, make_revision

__all__ = ["run"]

_MAILS = 50
_TEXT = (
    "{{ name }}님, 안녕하세요.\n{% for s in sessions %}{{ s.session.title }} {{ s.session.when.starts }}\n{% endfor %}"
)
_HTML = (
    "<style>p { margin: 0; color: #222 }</style><h1>{{ name }}님, 안녕하세요.</h1>"
    "{% for s in sessions %}<p>{{ s.session.title }} {{ s.session.when.starts }}</p>{% endfor %}"
)


def run() -> None:
    """Fifty Korean reminders, text and HTML."""
    stationery = Stationery(
        read_texts(TEMPLATES / "email"),
        Catalogs(read_catalogs("mail")),
        Sender("bell@example.org", "모임 종"),
        base_url="https://bell.example.org",
    )
    versions = make_revision(21).versions
    reminder = Reminder(series=SERIES, version=versions[0], rule="1d", now=NOW)
    letter = compose(reminder, stationery, language="ko", timezone="Asia/Seoul")
    people = [_addressee(number) for number in range(_MAILS)]
    environment = Environment(loader=DictLoader({"text": _TEXT, "html": _HTML}), autoescape=True)

    def obvious_way() -> None:
        for person in people:
            mail = EmailMessage(policy=SMTP)
            mail["From"], mail["To"], mail["Subject"] = "bell@example.org", person.email, letter.subject
            values = {"name": person.name, "sessions": versions[:20]}
            mail.set_content(environment.get_template("text").render(values))
            html = css_inline.inline(environment.get_template("html").render(values))
            mail.add_alternative(html, subtype="html")
            mail.as_bytes()

    ours, obvious = best_of(
        lambda: [letter.address(person, sent_at=NOW + timedelta(days=1)) for person in people], obvious_way
    )
    report("write one mail", ours / _MAILS, obvious / _MAILS, "Jinja2 and EmailMessage for each")


def _addressee(number: int) -> Addressee:
    return Addressee(
        email=f"reader{number}@example.org",
        name=f"김하나 {number}",
        message_id=f"<{number:032}@bell.example.org>",
        unsubscribe_url=f"https://bell.example.org/unsubscribe/{number:024}",
        preferences_url=f"https://bell.example.org/me/{number:024}",
    )
