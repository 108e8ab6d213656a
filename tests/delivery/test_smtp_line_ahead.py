"""The next mail is announced behind the dot of the one before it, and whatever goes wrong there harms neither."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from service.delivery.envelope import Envelope
from service.delivery.outcome import Phase, Verdict
from service.delivery.smtp_line import SmtpLine
from tests.delivery.faults import Fault, Step
from tests.delivery.opening import agree, open_line
from tests.delivery.scripted import ScriptedServer

MAIL = Envelope("bell@example.org", "ann@example.org", (b"Subject: week 1\r\n\r\nsee you\r\n",))
MAILS = [MAIL._replace(recipient=f"reader{number}@example.org") for number in range(4)]


def one_after_the_other(mails: Iterable[Envelope]) -> Callable[[], Envelope | None]:
    waiting = iter(mails)
    return lambda: next(waiting, None)


async def hand_over_all(line: SmtpLine, mails: list[Envelope] = MAILS) -> list[Verdict]:
    followers = [*mails[1:], None]
    return [
        (await line.hand_over(mail, agree, lambda follower=follower: follower)).verdict  # type: ignore[misc]
        for mail, follower in zip(mails, followers, strict=True)
    ]


async def test_each_mail_arrives_whole_and_the_commands_are_said_once() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        assert await hand_over_all(line) == [Verdict.ACCEPTED] * 4
        assert line.usable
    assert [one.recipients for one in server.accepted] == [[mail.recipient] for mail in MAILS]
    assert [one.content for one in server.accepted] == [MAIL.content] * 4
    assert server.lines.count("DATA") == 4
    assert server.lines[-1] == "QUIT"


async def test_the_next_mail_is_announced_before_the_relay_has_answered_the_dot() -> None:
    server = ScriptedServer({Step.DOT: Fault.STALL})
    async with open_line(server) as line:
        handing = asyncio.create_task(line.hand_over(MAILS[0], agree, lambda: MAILS[1]))
        await server.struck.wait()
        handing.cancel()
        await asyncio.gather(handing, return_exceptions=True)
        assert not line.usable


async def test_the_last_word_of_the_ledger_is_asked_for_each_mail_only_when_the_relay_is_ready_for_it() -> None:
    server = ScriptedServer()
    asked: list[int] = []

    async def commit() -> bool:
        asked.append(len(server.accepted))
        return True

    follow = one_after_the_other(MAILS[1:])
    async with open_line(server) as line:
        for mail in MAILS:
            await line.hand_over(mail, commit, follow)
    assert asked == [0, 1, 2, 3]


async def test_a_line_that_has_announced_one_mail_takes_no_other() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        await line.hand_over(MAILS[0], agree, lambda: MAILS[1])
        outcome = await line.hand_over(MAILS[2], agree)
        assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.MAIL)
    assert [one.recipients for one in server.accepted] == [["reader0@example.org"]]


async def test_a_line_that_ends_behind_an_announcement_hangs_up_and_nothing_more_arrives() -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        await line.hand_over(MAILS[0], agree, lambda: MAILS[1])
    assert len(server.accepted) == 1
    assert "QUIT" not in server.lines


async def test_a_relay_without_pipelining_hears_of_the_next_mail_in_its_turn() -> None:
    server = ScriptedServer(extensions=("HELP",))
    asked: list[bool] = []

    def follow() -> None:
        asked.append(True)

    async with open_line(server) as line:
        await line.hand_over(MAIL, agree, follow)
    assert asked == []


async def test_a_line_that_is_spent_announces_nothing() -> None:
    server = ScriptedServer()
    async with open_line(server, mails_per_line=2) as line:
        follow = one_after_the_other(MAILS[1:])
        assert (await line.hand_over(MAILS[0], agree, follow)).verdict is Verdict.ACCEPTED
        assert (await line.hand_over(MAILS[1], agree, follow)).verdict is Verdict.ACCEPTED
        assert not line.usable
        assert follow() is MAILS[2]
    assert server.lines[-1] == "QUIT"


@pytest.mark.parametrize("reply", ["451 4.3.0 later", "554 5.7.1 spam"])
async def test_a_refused_content_does_not_harm_the_mail_behind_it(reply: str) -> None:
    server = ScriptedServer(replies={Step.DOT: reply})
    async with open_line(server) as line:
        assert (await line.hand_over(MAILS[0], agree, lambda: MAILS[1])).code == int(reply[:3])
        server.replies[Step.DOT] = "250 2.0.0 ok"
        assert (await line.hand_over(MAILS[1], agree)).verdict is Verdict.ACCEPTED
    assert "RSET" not in server.lines


async def test_a_refused_recipient_behind_a_dot_is_this_mails_own_outcome() -> None:
    server = ScriptedServer()
    server.unknown = {"reader1@example.org"}
    async with open_line(server) as line:
        assert await hand_over_all(line) == [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert server.connections == 1


async def test_a_relay_that_closes_behind_a_dot_has_the_one_mail_and_surely_not_the_other() -> None:
    server = ScriptedServer(replies={Step.DOT: "421 4.3.2 closing"})
    async with open_line(server) as line:
        assert (await line.hand_over(MAILS[0], agree, lambda: MAILS[1])).verdict is Verdict.DEFERRED
        assert not line.usable
        assert (await line.hand_over(MAILS[1], agree)).verdict is Verdict.UNSENT


@pytest.mark.parametrize("fault", [Fault.STALL, Fault.CLOSE, Fault.PERMANENT])
async def test_a_relay_that_takes_it_amiss_is_spared_it_from_then_on(fault: Fault) -> None:
    server = ScriptedServer()
    async with open_line(server) as line:
        line._timeouts = replace(line._timeouts, command=0.3)

        def follow() -> Envelope:
            server.faults[Step.MAIL] = fault
            return MAILS[1]

        assert (await line.hand_over(MAILS[0], agree, follow)).verdict is Verdict.ACCEPTED
        outcome = await line.hand_over(MAILS[1], agree)
        assert (outcome.verdict, outcome.phase, outcome.permanent_setup) == (Verdict.UNSENT, Phase.MAIL, False)
        assert not line.usable
        assert not line._manners.listens_ahead


async def test_an_announced_mail_that_cannot_be_written_ends_the_line() -> None:
    server = ScriptedServer()
    spoilt = MAILS[1]._replace(blocks=(b"a\nb\r\n",))
    async with open_line(server) as line:
        await line.hand_over(MAILS[0], agree, lambda: spoilt)
        outcome = await line.hand_over(spoilt, agree)
        assert (outcome.verdict, outcome.phase) == (Verdict.REFUSED, Phase.ENVELOPE)
        assert not line.usable
    assert len(server.accepted) == 1


async def test_an_address_that_could_break_out_is_not_announced() -> None:
    server = ScriptedServer()
    hostile = MAIL._replace(recipient="ann@example.org>\r\nRCPT TO:<eve@example.org")
    async with open_line(server) as line:
        await line.hand_over(MAILS[0], agree, lambda: hostile)
        assert (await line.hand_over(hostile, agree)).phase is Phase.ENVELOPE
        assert (await line.hand_over(MAILS[1], agree)).verdict is Verdict.ACCEPTED
