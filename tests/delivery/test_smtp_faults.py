"""Every fault at every step of handing over one mail has the right outcome; only behind the dot is it doubtful."""

import asyncio
from itertools import product

import pytest

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.relay import Relay, Security, Timeouts
from service.delivery.smtp import SmtpTransport
from service.delivery.smtp_line import SmtpLine
from service.delivery.transport import Unreachable
from tests.delivery.conftest import Certificate, Run
from tests.delivery.faults import Fault, Step
from tests.delivery.opening import agree
from tests.delivery.scripted import ScriptedServer

SMALL = b"Subject: week 1\r\n\r\nsee you\r\n"
LARGE = SMALL + (b"x" * 900 + b"\r\n") * 16_000  # more than the sockets' buffers take
STEPS_AND_FAULTS = list(product([step for step in Step if step is not Step.QUIT], Fault))
SILENT = (Fault.STALL, Fault.DRIP)


def expect_verdict(step: Step, fault: Fault) -> Verdict:
    if step is Step.DOT:
        clear = {Fault.CLOSING: Verdict.DEFERRED, Fault.TRANSIENT: Verdict.DEFERRED, Fault.PERMANENT: Verdict.REFUSED}
        return clear.get(fault, Verdict.DOUBTFUL)
    if step in (Step.RCPT, Step.DATA, Step.BODY):
        clear = {Fault.TRANSIENT: Verdict.DEFERRED, Fault.PERMANENT: Verdict.REFUSED}
        return clear.get(fault, Verdict.UNSENT)
    return Verdict.UNSENT


def list_extensions(step: Step, *, pipelining: bool) -> tuple[str, ...]:
    secured = {Step.TLS: ("STARTTLS",), Step.AUTH: ("AUTH PLAIN",)}.get(step, ())
    return (*secured, "PIPELINING" if pipelining else "HELP")


def make_relay(port: int, step: Step, fault: Fault) -> Relay:
    """Only the deadline that a silent server must meet is short, so that a busy machine changes no outcome."""
    seconds = 0.4 if fault in SILENT else 20.0
    connecting = step in (Step.CONNECT, Step.BANNER, Step.TLS)
    return Relay(
        host="127.0.0.1",
        port=port,
        security={Step.TLS: Security.STARTTLS, Step.AUTH: Security.TLS}.get(step, Security.NONE),
        local_hostname="client.example.org",
        username="bell" if step is Step.AUTH else "",
        password="ding",
        timeouts=Timeouts(
            connect=seconds if connecting else 20.0,
            command=20.0 if connecting or step in (Step.DATA, Step.BODY, Step.DOT) else seconds,
            data=seconds,
            body=seconds,
            dot=seconds,
            courtesy=0.4,
        ),
    )


async def hand_over_against(server: ScriptedServer, relay: Relay, certificate: Certificate, content: bytes) -> Outcome:
    async def commit() -> bool:
        if Step.BODY in server.faults and content is not LARGE:
            await server.struck.wait()
            await asyncio.sleep(0.1)  # until what the server did has arrived
        return True

    context = None if relay.security is Security.NONE else certificate.trust()
    try:
        line = await SmtpTransport(relay, context).connect()
    except Unreachable as unreachable:
        return unreachable.outcome
    if Step.RSET in server.faults:
        await refuse_one_mail(server, line)
    outcome = await line.hand_over(Envelope("bell@example.org", "ann@example.org", (content,)), commit)
    if outcome.verdict in (Verdict.UNSENT, Verdict.DOUBTFUL):
        assert not line.usable
    await line.close()
    return outcome


async def refuse_one_mail(server: ScriptedServer, line: SmtpLine) -> None:
    usual, server.replies[Step.RCPT] = server.replies[Step.RCPT], "550 5.1.1 unknown"
    outcome = await line.hand_over(Envelope("bell@example.org", "bob@example.org", (SMALL,)), agree)
    assert outcome.verdict is Verdict.REFUSED
    server.replies[Step.RCPT] = usual


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "step by step"])
@pytest.mark.parametrize(("step", "fault"), STEPS_AND_FAULTS, ids=str)
def test_a_fault_has_the_outcome_of_its_step(
    step: Step, fault: Fault, pipelining: bool, run: Run, certificate: Certificate
) -> None:
    async def story() -> None:
        context = certificate.serve() if step in (Step.TLS, Step.AUTH) else None
        extensions = list_extensions(step, pipelining=pipelining)
        async with ScriptedServer(
            {step: fault}, extensions=extensions, context=context, implicit_tls=step is Step.AUTH
        ) as server:
            content = LARGE if (step, fault) == (Step.BODY, Fault.STALL) else SMALL
            outcome = await hand_over_against(server, make_relay(server.port, step, fault), certificate, content)
        assert outcome.verdict is expect_verdict(step, fault)
        assert outcome.phase is (Phase.BANNER if step is Step.CONNECT else Phase(step))
        assert outcome.text
        assert outcome.permanent_setup is (fault is Fault.PERMANENT and step in (Step.AUTH, Step.MAIL))
        assert len(server.accepted) == (step is Step.DOT)

    run(story())


@pytest.mark.parametrize("fault", list(Fault), ids=str)
def test_a_fault_at_quit_harms_nothing(fault: Fault, run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        async with ScriptedServer({Step.QUIT: fault}) as server:
            relay = make_relay(server.port, Step.QUIT, Fault.CLOSE)
            outcome = await hand_over_against(server, relay, certificate, SMALL)
        assert outcome.verdict is Verdict.ACCEPTED
        assert server.lines[-1] == "QUIT"

    run(story())


def test_a_port_where_nobody_listens_is_unreachable(run: Run, certificate: Certificate) -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            relay = make_relay(server.port, Step.BANNER, Fault.CLOSE)
        outcome = await hand_over_against(server, relay, certificate, SMALL)
        assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.CONNECT)

    run(story())
