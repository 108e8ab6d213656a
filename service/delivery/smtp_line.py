"""An SMTP line: hands mails to the relay one by one, and at every moment knows how far it got."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from service.delivery.dialogue import Broken, Dialogue
from service.delivery.envelope import Envelope, find_address_fault, find_fault
from service.delivery.outcome import Outcome, Phase, Verdict, is_go_ahead, judge_break, judge_reply
from service.delivery.relay import Relay
from service.delivery.reply import Reply
from service.delivery.transport import Commit, Follow, nobody

__all__ = ["Manners", "SmtpLine"]

Commands = dict[Phase, bytes]

_CLOSING: Final = 421
_ANSWERED: Final = frozenset((Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED))


@dataclass(slots=True)
class Manners:
    """What was learnt about a relay: whether it `listens_ahead`, to commands that come behind a dot."""

    listens_ahead: bool = True


class SmtpLine:
    """A connection that is greeted, secured and logged in.

    The order is: MAIL RCPT DATA, 354, the body without its final dot while the commit runs, the dot, the reply. A body
    without its dot is never accepted (RFC 5321 4.1.1.4), so only the time after the dot can leave a doubt. If the relay
    announces PIPELINING (RFC 2920), the commands go in one write, and if the next mail is known, behind the dot of the
    mail before: then a mail costs one round trip. Should the relay take that amiss, no line of its `manners` does it
    again.
    """

    def __init__(
        self, dialogue: Dialogue, relay: Relay, manners: "Manners", *, pipelining: bool, smtputf8: bool
    ) -> None:
        self._dialogue = dialogue
        self._manners = manners
        self._timeouts = relay.timeouts
        self._mails_left = relay.mails_per_line
        self._pipelining = pipelining
        self._smtputf8 = smtputf8
        self._between_mails = True
        self._needs_reset = False
        self._announced: Commands = {}
        self._phase = Phase.MAIL

    @property
    def usable(self) -> bool:
        """Whether the next mail, or the one that is announced, may go this way."""
        if self._announced:
            return self._between_mails and not self._dialogue.end
        return self._between_mails and self._mails_left > 0 and self._dialogue.is_quiet

    async def hand_over(self, envelope: Envelope, commit: Commit, follow: Follow = nobody) -> Outcome:
        """See `Line.hand_over`. Whatever leaves the dialogue in the middle of a mail closes the line at once."""
        if fault := find_fault(envelope, smtputf8=self._smtputf8):
            if self._announced:
                self._dialogue.abort()
            return Outcome(Verdict.REFUSED, Phase.ENVELOPE, text=fault)
        commands = self._list_commands(envelope)
        if not self.usable or (self._announced and self._announced != commands):
            return judge_break(Phase.MAIL, self._dialogue.end or "the line is spent")
        self._between_mails = False
        self._mails_left -= 1
        try:
            return await self._announce(commands) or await self._transfer(envelope.content, commit, follow)
        except Broken as broken:
            return judge_break(self._phase, str(broken))
        finally:
            if not self._between_mails:
                self._dialogue.abort()

    async def close(self) -> None:
        """Say QUIT if the line stands between two mails, else just hang up."""
        if self._between_mails and not self._announced and self._dialogue.is_quiet:
            self._between_mails = False
            await self._dialogue.quit(self._timeouts.courtesy)
        self._dialogue.abort()

    async def _announce(self, commands: Commands) -> Outcome | None:
        """Say who the mail is from and for, unless that is said already; None when the relay waits for the body."""
        if self._announced:
            self._announced = {}
            if misheard := await self._hear_ahead():
                return misheard
            commands = {phase: command for phase, command in commands.items() if phase is not Phase.MAIL}
        elif self._pipelining:
            self._dialogue.say(b"".join(commands.values()))
        for place, (phase, command) in enumerate(commands.items(), 1):
            if not self._pipelining:
                self._dialogue.say(command)
            reply = await self._hear(phase)
            if not is_go_ahead(phase, reply):
                said_ahead = list(commands)[place:] if self._pipelining else []
                return await self._settle(judge_reply(phase, reply), said_ahead)
        return None

    async def _hear_ahead(self) -> Outcome | None:
        """The answer to the MAIL that was said ahead. Anything but yes proves nothing yet: it may be about that."""
        try:
            reply = await self._hear(Phase.MAIL)
            if is_go_ahead(Phase.MAIL, reply):
                return None
            objection = f"{reply.code} {reply.text}"
        except Broken as broken:
            objection = str(broken)
        self._manners.listens_ahead = False
        return judge_break(Phase.MAIL, objection)

    def _announce_next(self, follow: Follow) -> bytes:
        """The commands for the mail that follows, if they can be said ahead."""
        may = self._pipelining and self._mails_left > 0 and self._manners.listens_ahead
        following = follow() if may else None
        if following and not find_address_fault(following, smtputf8=self._smtputf8):
            self._announced = self._list_commands(following)
        return b"".join(self._announced.values())

    def _list_commands(self, envelope: Envelope) -> Commands:
        sender, recipient = envelope.sender.encode(), envelope.recipient.encode()
        extension = b"" if sender.isascii() and recipient.isascii() else b" SMTPUTF8"  # RFC 6531 3.4
        reset = {Phase.RSET: b"RSET\r\n"} if self._needs_reset else {}
        return reset | {
            Phase.MAIL: b"MAIL FROM:<%b>%b\r\n" % (sender, extension),
            Phase.RCPT: b"RCPT TO:<%b>\r\n" % recipient,
            Phase.DATA: b"DATA\r\n",
        }

    async def _transfer(self, content: bytes, commit: Commit, follow: Follow) -> Outcome:
        """Send the body while the commit runs, and the dot only behind both."""
        self._dialogue.say(_stuff_dots(content))
        if not await commit():
            return Outcome(Verdict.WITHDRAWN, Phase.BODY, text="the hand-off commit refused")
        await self._dialogue.flush(self._timeouts.body)
        if not self._dialogue.is_quiet:
            return judge_reply(Phase.BODY, await self._hear(Phase.BODY))
        self._needs_reset = False  # whatever is said to the dot ends this mail's transaction (RFC 5321 4.1.1.4)
        self._dialogue.say(b".\r\n" + self._announce_next(follow))
        return await self._settle(judge_reply(Phase.DOT, await self._hear(Phase.DOT)), [])

    async def _hear(self, phase: Phase) -> Reply:
        self._phase = phase
        match phase:
            case Phase.DATA:
                seconds = self._timeouts.data
            case Phase.BODY:
                seconds = self._timeouts.body
            case Phase.DOT:
                seconds = self._timeouts.dot
            case _:
                seconds = self._timeouts.command
        return await self._dialogue.hear(seconds)

    async def _settle(self, outcome: Outcome, said_ahead: list[Phase]) -> Outcome:
        """Keep the line for the next mail if this one got a clear answer and the replies to `said_ahead` come, too."""
        if outcome.verdict in _ANSWERED and outcome.code != _CLOSING:
            with suppress(Broken):
                self._between_mails = all([await self._pass_over(phase) for phase in said_ahead])
            self._needs_reset = outcome.phase is not Phase.DOT
        return outcome

    async def _pass_over(self, phase: Phase) -> bool:
        """Hear a reply that decides nothing any more; False if it leaves the relay where no next mail can begin."""
        reply = await self._dialogue.hear(self._timeouts.courtesy)
        if not is_go_ahead(phase, reply) or phase is not Phase.DATA:
            return reply.code != _CLOSING
        # The relay waits for a body although it refused: a lone dot ends it, and it must answer no (RFC 2920 3.1).
        self._dialogue.say(b".\r\n")
        return (await self._dialogue.hear(self._timeouts.courtesy)).code >= 400


def _stuff_dots(content: bytes) -> bytes:
    """Double the dot at the begin of a line (RFC 5321 4.5.2)."""
    last_dot = content.rfind(b".")  # far before the end of most mails: a body in base64 has none
    if content.find(b"\r\n.", 0, last_dot + 1) >= 0:
        content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content
