"""Composing: from what there is to tell, to a letter in one language and time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.messages.enclosure import Enclosure, enclose
from service.messages.header import clean_header
from service.messages.letter import Body, Letter
from service.messages.message import (
    Confirmation,
    Digest,
    Invitation,
    Known,
    Message,
    Notice,
    Reminder,
    RowIncomplete,
    SendingResumed,
    SendingStopped,
    SignUpFlood,
    SourceBroken,
    SourceHealed,
    ToOrganiser,
    WeeklyReport,
    Welcome,
)
from service.messages.session_view import Reader
from service.messages.skeleton import Skeleton, blank
from service.messages.stationery import Sender, Stationery
from service.messages.view import view_message

__all__ = ["compose"]

_LISTED = frozenset({"unsubscribe_url", "preferences_url"})
# The folder of a message's templates, and which addresses of the reader it speaks of.
_KINDS: Mapping[type[Message], tuple[str, frozenset[str]]] = {
    Reminder: ("reminder", _LISTED),
    Notice: ("notice", _LISTED),
    Invitation: ("invitation", _LISTED),
    Confirmation: ("confirmation", frozenset({"confirm_url"})),
    Known: ("known", frozenset({"preferences_url"})),
    Welcome: ("welcome", _LISTED),
    Digest: ("digest", _LISTED),
    SourceBroken: ("source-broken", frozenset()),
    SourceHealed: ("source-healed", frozenset()),
    SendingStopped: ("sending-stopped", frozenset()),
    SendingResumed: ("sending-resumed", frozenset()),
    SignUpFlood: ("sign-up-flood", frozenset()),
    RowIncomplete: ("row-incomplete", frozenset()),
    WeeklyReport: ("weekly-report", frozenset()),
}
_BLANK_LINES = re.compile(r"\n{3,}")


def compose(message: Message, stationery: Stationery, *, language: str, timezone: str) -> Letter:
    """Word `message` for readers of `language` (English if unknown) in `timezone` (an IANA name).

    This is the costly step, once for everybody alike; `Letter.address` then makes each one's mail.
    """
    catalog = stationery.choose_words(language)
    values = view_message(message, Reader(catalog, timezone))
    folder, fields = _KINDS[type(message)]
    draft = _Draft(stationery, folder, values | {name: blank(name) for name in fields})
    subject = clean_header(draft.render("subject.txt"))
    greets = "unsubscribe_url" in fields
    # A filter that puts a list's mails away must not put away what its organiser has to act on.
    is_listed = not isinstance(message, ToOrganiser)
    return Letter(
        subject=subject,
        head=stationery.write_head(subject, message.series if is_listed else None),
        fields=fields,
        nameless=draft.render_body(subject, ""),
        named=draft.render_body(subject, blank("name")) if greets else None,
        enclosure=_enclose(message, stationery.sender),
        problems=tuple(dict.fromkeys(draft.problems)),
    )


def _enclose(message: Message, sender: Sender) -> Enclosure | None:
    match message:
        case Invitation() | Notice(invites=True):
            return enclose(message.version, message.series, organizer=sender.email, name=sender.name)
    return None


@dataclass(slots=True)
class _Draft:
    """A letter in the making: its templates, its values, and the problems met on the way."""

    stationery: Stationery
    folder: str
    values: Mapping[str, object]
    problems: list[str] = field(default_factory=list)

    def render(self, part: str, **more: str) -> str:
        rendering = self.stationery.render(f"{self.folder}/{part}", {**self.values, **more})
        if rendering.problem:
            self.problems.append(rendering.problem)
        return rendering.text

    def render_body(self, subject: str, name: str) -> Body:
        text = _BLANK_LINES.sub("\n\n", self.render("body.txt", subject=subject, name=name)).strip()
        html = self.render("body.html", subject=subject, name=name).strip()
        return Body(Skeleton.of(f"{text}\n"), Skeleton.of(f"{html}\n"))
