"""Handing a mail over a line: order, commit, cancelling, what the wire sees."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.envelope import Envelope
from service.delivery.outcome import Phase, Verdict
from tests.delivery.conftest import Run
from tests.delivery.faults import Fault, Step
from tests.delivery.opening import agree, open_line
from tests.delivery.scripted import ScriptedServer

MAIL = Envelope("bell@example.org", "ann@example.org", (b"Subject: week 1\r\n\r\nsee you\r\n",))


async def decline() -> bool:
    await asyncio.sleep(0.05)
    return False


async def test_the_dot_waits_for_the_commit() -> None:
    server = ScriptedServer()
    at_commit: list[tuple[bytes, int]] = []

    async def commit() -> bool:
        await asyncio.sleep(0.2)  # time for the body to arrive, and for a dot that should not
        at_commit.append((server.transactions[0].content, len(server.accepted)))
        return True

    async with open_line(server) as line:
        assert (await line.hand_over(MAIL, commit)).verdict is Verdict.ACCEPTED
    assert at_commit == [(MAIL.content, 0)]
    assert len(server.accepted) == 1


async def test_a_mail_the_ledger_withdraws_gets_no_dot() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        outcome = await line.hand_over(MAIL, decline)
        assert (outcome.verdict, outcome.phase) == (Verdict.WITHDRAWN, Phase.BODY)
        assert not line.usable
    assert len(server.transactions) == 1
    assert server.accepted == []


async def test_a_withdrawn_mail_is_withdrawn_even_if_the_line_broke_meanwhile() -> None:
    server = ScriptedServer({Step.BODY: Fault.CLOSE})
    async with open_line(server) as line:
        assert (await line.hand_over(MAIL, decline)).verdict is Verdict.WITHDRAWN


async def test_a_commit_that_fails_sends_nothing_and_is_heard_of() -> None:
    async def commit() -> bool:
        await asyncio.sleep(0.02)
        raise LookupError("the ledger is gone")

    server = ScriptedServer()
    async with open_line(server) as line:
        with pytest.raises(LookupError, match="the ledger is gone"):
            await line.hand_over(MAIL, commit)
        assert not line.usable
    assert server.accepted == []


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA])
@pytest.mark.parametrize("fault", list(Fault), ids=str)
async def test_the_commit_is_not_asked_for_a_mail_that_is_not_wanted(step: Step, fault: Fault) -> None:
    asked: list[bool] = []

    async def commit() -> bool:
        asked.append(True)
        return True

    server = ScriptedServer({step: fault})
    async with open_line(server) as line:
        line._timeouts = replace(line._timeouts, command=0.3, data=0.3)
        await line.hand_over(MAIL, commit)
    assert asked == []


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA, Step.DOT])
def test_cancelling_closes_the_line_at_once(step: Step, run: Run) -> None:
    async def story() -> None:
        server = ScriptedServer({step: Fault.STALL})
        async with open_line(server) as line:
            task = asyncio.create_task(line.hand_over(MAIL, agree))
            await server.struck.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not line.usable
            outcome = await line.hand_over(MAIL, agree)
            assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.MAIL)

    run(story())


async def test_cancelling_while_the_commit_runs_sends_no_dot() -> None:
    started = asyncio.Event()

    async def commit() -> bool:
        started.set()
        await asyncio.Event().wait()
        return True

    server = ScriptedServer()
    async with open_line(server) as line:
        task = asyncio.create_task(line.hand_over(MAIL, commit))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not line.usable
    assert server.accepted == []


async def test_an_envelope_with_a_fault_never_reaches_the_wire() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        outcome = await line.hand_over(MAIL._replace(recipient="ann@example.org>\r\nRCPT TO:<eve@example.org"), agree)
        assert (outcome.verdict, outcome.phase, outcome.code) == (Verdict.REFUSED, Phase.ENVELOPE, 0)
        assert line.usable
    assert server.lines == ["EHLO client.example.org", "QUIT"]


async def test_a_korean_address_goes_only_to_a_relay_that_announces_smtputf8() -> None:
    mail = MAIL._replace(recipient="길동@example.org")
    server = ScriptedServer(extensions=("PIPELINING", "SMTPUTF8"))
    async with open_line(server) as line:
        assert (await line.hand_over(mail, agree)).verdict is Verdict.ACCEPTED
    assert "MAIL FROM:<bell@example.org> SMTPUTF8" in server.lines
    assert server.accepted[0].recipients == ["길동@example.org"]

    plain = ScriptedServer()
    async with open_line(plain) as line:
        assert (await line.hand_over(mail, agree)).phase is Phase.ENVELOPE
    assert plain.transactions == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet=".a ", max_size=4), min_size=1, max_size=8))
def test_lines_of_dots_arrive_as_they_were(lines: list[str]) -> None:
    content = "".join(f"{line}\r\n" for line in lines).encode()

    async def story() -> None:
        server = ScriptedServer()
        async with open_line(server) as line:
            for _ in range(2):
                assert (await line.hand_over(MAIL._replace(blocks=(content,)), agree)).verdict is Verdict.ACCEPTED
        assert [transaction.read() for transaction in server.accepted] == [content] * 2
        assert server.lines == [
            "EHLO client.example.org",
            *["MAIL FROM:<bell@example.org>", "RCPT TO:<ann@example.org>", "DATA"] * 2,
            "QUIT",
        ]

    asyncio.run(story())
