"""The pages of the embedded mailbox: what was mailed while no mail server is used."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.delivery.mailbox import KeptMail, Mailbox
from service.web.pages import Pages
from service.web.visit import receive

__all__ = ["MailboxPages"]

# A mail's own page: its inlined styles may apply, nothing may run or be fetched, and links open elsewhere.
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


class MailboxPages:
    """Answers `/mailbox` and what is below it."""

    def __init__(self, mailbox: Mailbox, pages: Pages, language: str) -> None:
        self._mailbox = mailbox
        self._pages = pages
        self._language = language

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/mailbox", self.show_list),
            Route("/mailbox/{id}", self.show_mail),
            Route("/mailbox/{id}/page", self.show_html),
        ]

    async def show_list(self, request: Request) -> Response:
        """The newest mails."""
        mails = await self._mailbox.list_newest()
        visit = receive(request, self._pages, language=self._language)
        page = self._pages.render("mailbox.html", visit.reader.language, languages=visit.languages, mails=mails)
        return HTMLResponse(page)

    async def show_mail(self, request: Request) -> Response:
        """One mail: its header, its text, and its HTML part in a frame that can do nothing."""
        mail = await self._find(request)
        visit = receive(request, self._pages, language=self._language)
        page = self._pages.render("mail.html", visit.reader.language, languages=visit.languages, mail=mail)
        return HTMLResponse(page)

    async def show_html(self, request: Request) -> Response:
        """The HTML part of a mail as it is, for that frame."""
        mail = await self._find(request)
        if not mail.html:
            raise HTTPException(404)
        return HTMLResponse(mail.html, headers={"Content-Security-Policy": _MAIL_POLICY})

    async def _find(self, request: Request) -> KeptMail:
        mail = await self._mailbox.read(request.path_params["id"])
        if mail is None:
            raise HTTPException(404)
        return mail
