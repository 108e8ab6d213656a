"""One line for many mails: when it goes on, when it is given up."""

import asyncio

import pytest

from service.delivery.envelope import Envelope
from service.delivery.outcome import Phase, Verdict
from tests.delivery.faults import Fault, Step
from tests.delivery.opening import agree, open_line
from tests.delivery.scripted import ScriptedServer

MAIL = Envelope("bell@example.org", "ann@example.org", (b"Subject: week 1\r\n\r\nsee you\r\n",))


@pytest.mark.parametrize("pipelining", [True, False])
async def test_many_mails_go_over_one_line_without_reset(pipelining: bool) -> None:
    server = ScriptedServer(extensions=("PIPELINING",) if pipelining else ("HELP",))
    async with open_line(server) as line:
        for _ in range(20):
            assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
            assert line.usable
    assert [transaction.content for transaction in server.accepted] == [MAIL.content] * 20
    assert server.connections == 1
    assert "RSET" not in server.lines
    assert server.lines[-1] == "QUIT"


async def test_a_line_is_spent_after_its_share_of_mails() -> None:
    server = ScriptedServer()
    async with open_line(server, mails_per_line=2) as line:
        for usable in (True, False):
            assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
            assert line.usable is usable
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.UNSENT
    assert len(server.accepted) == 2
    assert server.lines[-1] == "QUIT"


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("extensions", [("PIPELINING",), ("HELP",)])
async def test_the_line_serves_the_next_after_a_refused_recipient(eager: bool, extensions: tuple[str, ...]) -> None:
    server = ScriptedServer(extensions=extensions, eager=eager, replies={Step.RCPT: "550 5.1.1 unknown"})
    async with open_line(server) as line:
        outcome = await line.hand_over(MAIL, agree)
        assert (outcome.verdict, outcome.phase, outcome.enhanced) == (Verdict.REFUSED, Phase.RCPT, "5.1.1")
        assert line.usable
        server.replies[Step.RCPT] = "250 2.1.5 ok"
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
    assert [transaction.content for transaction in server.accepted] == [MAIL.content] * 2
    assert server.lines.count("RSET") == 1
    assert server.connections == 1


async def test_a_refused_recipient_is_told_though_the_relay_then_falls_silent() -> None:
    server = ScriptedServer({Step.DATA: Fault.STALL}, eager=True, replies={Step.RCPT: "550 5.1.1 unknown"})
    async with open_line(server) as line:
        outcome = await line.hand_over(MAIL, agree)
        assert (outcome.verdict, outcome.code) == (Verdict.REFUSED, 550)
        assert not line.usable


@pytest.mark.parametrize("reply", ["451 4.3.0 later", "554 5.7.1 spam"])
async def test_a_refused_content_leaves_the_line_usable(reply: str) -> None:
    server = ScriptedServer(replies={Step.DOT: reply})
    async with open_line(server) as line:
        outcome = await line.hand_over(MAIL, agree)
        assert (outcome.phase, f"{outcome.code} {outcome.text}") == (Phase.DOT, reply)
        assert line.usable


@pytest.mark.parametrize("farewell", ["", "421 4.4.2 idle for too long\r\n", "250 what?\r\n", "42"])
async def test_what_happened_while_idle_is_found_out_before_the_next_mail(farewell: str) -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
        server.hang_up(farewell)
        await asyncio.sleep(0.1)
        assert not line.usable
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.UNSENT
    assert len(server.transactions) == 1


async def test_a_line_closed_at_this_very_moment_is_a_safe_failure() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        server.hang_up()
        outcome = await line.hand_over(MAIL, agree)
        assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.MAIL)


async def test_a_line_takes_one_mail_at_a_time() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        outcomes = await asyncio.gather(line.hand_over(MAIL, agree), line.hand_over(MAIL, agree))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.ACCEPTED, Verdict.UNSENT]
    assert len(server.accepted) == 1


async def test_more_replies_than_commands_make_the_line_unusable() -> None:
    server = ScriptedServer(replies={Step.DOT: "250 ok\r\n250 and again"})
    async with open_line(server) as line:
        assert (await line.hand_over(MAIL, agree)).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.05)
        assert not line.usable
