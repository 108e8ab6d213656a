"""Stationery: everything a mail is written on. The sender, the templates (the operator's before ours), the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from service.messages.catalog import Catalog, Catalogs
from service.messages.header import encode_domain, write_mailbox, write_text, write_token
from service.messages.template import Rendering, TemplateSet
from service.schedule.series import Series

__all__ = ["Sender", "Stationery"]

# No vacation responder is to answer (RFC 3834 5; the second is Exchange's).
_AUTOMATIC: Final = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail is from; answers go to `reply_to`, or to the sender if that is empty."""

    email: str
    name: str = ""
    reply_to: str = ""


class Stationery:
    """What all letters of one service have in common; `sender` is who they are from."""

    __slots__ = ("_catalogs", "_head", "_host", "_templates", "sender")

    def __init__(
        self,
        templates: Mapping[str, str],
        catalogs: Catalogs,
        sender: Sender,
        *,
        base_url: str,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        """`templates` and `overrides` hold sources by name (`reminder/body.html`), `base_url` is where the service is.

        An override stands before the template of its name and can extend it as `bundled:reminder/body.html`.
        Raises ValueError for a sender or a `base_url` that no mail can carry.
        """
        self._host = encode_domain(urlsplit(base_url).hostname or "")
        self._catalogs = catalogs
        self.sender = sender
        self._templates = TemplateSet(templates, overrides or {})
        reply_to = write_mailbox("Reply-To", sender.reply_to) if sender.reply_to else b""
        self._head = write_mailbox("From", sender.email, sender.name) + reply_to

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the operator's templates, with file and line; bundled ones take their place.

        Those that fail only when a letter is written are reported by the letter (`Letter.problems`).
        """
        return self._templates.problems

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that letters can be written in, English first."""
        return self._catalogs.languages

    def choose_words(self, language: str) -> Catalog:
        """The words of `language`, or English ones."""
        return self._catalogs.choose(language)

    def render(self, name: str, values: Mapping[str, object]) -> Rendering:
        """What the template `name` says about `values`."""
        return self._templates.render(name, values)

    def write_head(self, subject: str, series: Series | None) -> bytes:
        """The header fields that all mails of a letter share (RFC 3834 5, RFC 2919 for those about a series)."""
        list_id = write_token("List-Id", f"<{series.slug}.{self._host}>", series.title) if series else b""
        return b"".join((self._head, write_text("Subject", subject), _AUTOMATIC, list_id))
