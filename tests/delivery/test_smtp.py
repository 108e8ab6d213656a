"""Opening a line, against a mail server that is not ours."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Received

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.relay import Relay, Security, Timeouts
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Unreachable
from tests.delivery.conftest import Certificate, Run
from tests.delivery.faults import Step
from tests.delivery.opening import agree
from tests.delivery.scripted import ScriptedServer

# aiosmtpd does not know that it listens behind implicit TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

CONTENT = b"Subject: week 1\r\n\r\n.a line with a dot\r\n..\r\n.\r\n\r\nthe end\r\n"
MAIL = Envelope("bell@example.org", "ann@example.org", (CONTENT,))


class Inbox:
    """Keeps what aiosmtpd took, and over what kind of connection."""

    def __init__(self) -> None:
        self.mails: list[tuple[str | None, list[str], bytes]] = []
        self.secured: list[bool] = []

    async def handle_DATA(self, server: Any, session: Session, envelope: Received) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        self.secured.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 2.0.0 kept"


def check_password(server: Any, session: Session, envelope: Received, mechanism: str, login: object) -> AuthResult:
    assert isinstance(login, LoginPassword)
    return AuthResult(success=login.password == "딩동".encode(), handled=False)


@contextmanager
def run_server(security: Security, certificate: Certificate, *, log_in: bool = False) -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options: dict[str, Any] = {"authenticator": check_password, "auth_required": True} if log_in else {}
    if security is Security.STARTTLS:
        options |= {"tls_context": certificate.serve(), "require_starttls": True}
    if security is Security.TLS:
        options |= {"ssl_context": certificate.serve(), "auth_require_tls": False}
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


def make_relay(port: int, security: Security, **options: Any) -> Relay:
    return Relay(
        host="127.0.0.1",
        port=port,
        security=security,
        local_hostname="client.example.org",
        timeouts=Timeouts(connect=20, command=20, data=20, body=20, dot=20, courtesy=1),
        **options,
    )


async def find_trouble(transport: SmtpTransport) -> Outcome:
    with pytest.raises(Unreachable) as unreachable:
        await transport.connect()
    return unreachable.value.outcome


@pytest.mark.parametrize(
    ("security", "username"),
    [
        (Security.NONE, ""),
        (Security.TLS, ""),
        (Security.STARTTLS, ""),
        (Security.TLS, "bell"),
        (Security.STARTTLS, "bell"),
    ],
)
def test_mails_arrive_octet_for_octet(security: Security, username: str, run: Run, certificate: Certificate) -> None:
    async def story(port: int) -> None:
        relay = make_relay(port, security, username=username, password="딩동")
        line = await SmtpTransport(relay, certificate.trust()).connect()
        for _ in range(3):
            outcome = await line.hand_over(MAIL, agree)
            assert (outcome.verdict, outcome.code, outcome.enhanced) == (Verdict.ACCEPTED, 250, "2.0.0")
        await line.close()
        assert not line.usable

    with run_server(security, certificate, log_in=bool(username)) as (inbox, port):
        run(story(port))
    assert inbox.mails == [("bell@example.org", ["ann@example.org"], CONTENT)] * 3
    assert inbox.secured == [security is not Security.NONE] * 3


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_wrong_password_is_a_matter_of_settings(security: Security, run: Run, certificate: Certificate) -> None:
    async def story(port: int) -> None:
        relay = make_relay(port, security, username="bell", password="wrong")
        outcome = await find_trouble(SmtpTransport(relay, certificate.trust()))
        assert (outcome.verdict, outcome.phase, outcome.code) == (Verdict.UNSENT, Phase.AUTH, 535)
        assert outcome.permanent_setup
        assert "wrong" not in outcome.text

    with run_server(security, certificate, log_in=True) as (_, port):
        run(story(port))


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_nobody_vouches_for_is_not_trusted(
    security: Security, run: Run, certificate: Certificate
) -> None:
    async def story() -> None:
        extensions, implicit = ("STARTTLS",), security is Security.TLS
        async with ScriptedServer(extensions=extensions, context=certificate.serve(), implicit_tls=implicit) as server:
            outcome = await find_trouble(SmtpTransport(make_relay(server.port, security)))
        assert (outcome.verdict, outcome.phase, outcome.permanent_setup) == (Verdict.UNSENT, Phase.TLS, True)
        assert "certificate" in outcome.text.lower()
        assert server.transactions == []

    run(story())


def test_without_starttls_nothing_is_sent(run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        async with ScriptedServer(extensions=("AUTH PLAIN",)) as server:
            relay = make_relay(server.port, Security.STARTTLS, username="bell", password="ding")
            outcome = await find_trouble(SmtpTransport(relay, certificate.trust()))
        assert (outcome.verdict, outcome.phase, outcome.permanent_setup) == (Verdict.UNSENT, Phase.TLS, True)
        assert server.lines == ["EHLO client.example.org"]

    run(story())


def test_a_relay_without_a_way_to_log_in_is_a_matter_of_settings(run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        async with ScriptedServer(context=certificate.serve(), implicit_tls=True) as server:
            relay = make_relay(server.port, Security.TLS, username="bell", password="ding")
            outcome = await find_trouble(SmtpTransport(relay, certificate.trust()))
        assert (outcome.phase, outcome.permanent_setup) == (Phase.AUTH, True)

    run(story())


def test_a_password_is_tried_once(run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        replies = {Step.AUTH: "535 5.7.8 no"}
        async with ScriptedServer(
            replies=replies, extensions=("AUTH LOGIN PLAIN",), context=certificate.serve(), implicit_tls=True
        ) as server:
            relay = make_relay(server.port, Security.TLS, username="bell", password="ding")
            await find_trouble(SmtpTransport(relay, certificate.trust()))
        assert len([line for line in server.lines if line.startswith("AUTH")]) == 1

    run(story())


def test_a_relay_that_speaks_no_tls_is_unreachable(run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            outcome = await find_trouble(SmtpTransport(make_relay(server.port, Security.TLS), certificate.trust()))
        assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.TLS)

    run(story())


def test_an_own_context_is_made_once_and_verifies() -> None:
    transport = SmtpTransport(make_relay(465, Security.TLS))
    context = transport._context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
