"""Mails over SMTP: how a line to the relay is opened, secured and logged in."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from service.delivery.dialogue import Dialogue
from service.delivery.outcome import Outcome, Phase, judge_break, judge_reply
from service.delivery.relay import Relay, Security
from service.delivery.reply import Reply
from service.delivery.smtp_line import Manners, SmtpLine
from service.delivery.transport import Unreachable

__all__ = ["SmtpTransport"]


class SmtpTransport:
    """Opens lines to one relay, all with one TLS context (the system's certificates unless `context` is given)."""

    def __init__(self, relay: Relay, context: ssl.SSLContext | None = None) -> None:
        self._relay = relay
        self._context = context
        self._manners = Manners()
        if context is None and relay.security is not Security.NONE:
            self._context = ssl.create_default_context()

    async def connect(self) -> SmtpLine:
        """Connect, greet, secure and log in. Raises `Unreachable`; its outcome names the phase that failed."""
        relay = self._relay
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            local_hostname=relay.local_hostname,
            timeout=relay.timeouts.command,
            use_tls=relay.security is Security.TLS,
            start_tls=False,
            tls_context=self._context,
        )
        try:
            with _naming_phase(Phase.CONNECT):
                await client.connect(timeout=relay.timeouts.connect)
            with _naming_phase(Phase.EHLO):
                await client.ehlo()
            if relay.security is Security.STARTTLS:
                await _secure(client, relay.timeouts.connect)
            if relay.username:
                await _log_in(client, relay)
            return self._take_over(client)
        except BaseException:
            client.close()
            raise

    def _take_over(self, client: SMTP) -> SmtpLine:
        """Hand the connection from the client that opened it to a dialogue of our own."""
        if client.transport is None:
            raise Unreachable(judge_break(Phase.EHLO, "the relay closed the connection"))
        return SmtpLine(
            Dialogue(cast(asyncio.Transport, client.transport)),
            self._relay,
            self._manners,
            pipelining=client.supports_extension("pipelining"),
            smtputf8=client.supports_extension("smtputf8"),
        )


async def _secure(client: SMTP, seconds: float) -> None:
    if not client.supports_extension("starttls"):
        raise Unreachable(judge_break(Phase.TLS, "the relay does not offer STARTTLS", permanent_setup=True))
    with _naming_phase(Phase.TLS):
        await client.starttls(timeout=seconds)
    with _naming_phase(Phase.EHLO):
        await client.ehlo()


async def _log_in(client: SMTP, relay: Relay) -> None:
    """Log in once, with the plainest method: under TLS it is as good as any, and a retry could lock the account."""
    offered = client.server_auth_methods
    with _naming_phase(Phase.AUTH):
        if "plain" in offered:
            await client.auth_plain(relay.username, relay.password)
        elif "login" in offered:
            await client.auth_login(relay.username, relay.password)
        else:
            text = "the relay offers neither AUTH PLAIN nor AUTH LOGIN"
            raise Unreachable(judge_break(Phase.AUTH, text, permanent_setup=True))


@contextmanager
def _naming_phase(phase: Phase) -> Iterator[None]:
    """Turn what goes wrong inside into `Unreachable`."""
    try:
        yield
    except (SMTPException, OSError, ValueError) as error:
        raise Unreachable(_judge_error(_narrow_phase(phase, error), error)) from error


def _narrow_phase(phase: Phase, error: Exception) -> Phase:
    """Tell TLS and the banner from the connection itself: aiosmtplib does all three in one call."""
    if phase is not Phase.CONNECT:
        return phase
    if isinstance(error.__cause__, ssl.SSLError):
        return Phase.TLS
    if isinstance(error, SMTPResponseException) or isinstance(error.__cause__, SMTPException):
        return Phase.BANNER
    return Phase.CONNECT


def _judge_error(phase: Phase, error: Exception) -> Outcome:
    if isinstance(error, SMTPResponseException) and error.code > 0:
        reply = Reply.read(error.code, error.message.encode("utf-8", "surrogateescape"))
        return judge_reply(phase, reply)
    untrusted = ssl.SSLCertVerificationError
    permanent_setup = isinstance(error, untrusted) or isinstance(error.__cause__, untrusted)
    text = Reply.read(0, str(error).encode("utf-8", "surrogateescape")).text
    return judge_break(phase, text or type(error).__name__, permanent_setup=permanent_setup)
