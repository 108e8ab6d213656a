"""An outcome: what became of handing one mail to the relay, and how a reply or a break is judged."""

from enum import StrEnum
from typing import Final, NamedTuple

from service.delivery.reply import Reply

__all__ = ["Outcome", "Phase", "Verdict", "is_go_ahead", "judge_break", "judge_reply"]


class Phase(StrEnum):
    """The step of the dialogue in which the outcome was decided, in the order of the steps."""

    ENVELOPE = "envelope"  # before anything was written
    CONNECT = "connect"
    BANNER = "banner"
    EHLO = "ehlo"
    TLS = "tls"
    AUTH = "auth"
    RSET = "rset"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # after 354, before the final dot
    DOT = "dot"  # the final dot was written, or may have been


class Verdict(StrEnum):
    """What the ledger has to know of an attempt."""

    ACCEPTED = "accepted"  # the relay has taken the mail
    DEFERRED = "deferred"  # a clear "not now" to this mail: try again later, it counts as an attempt
    REFUSED = "refused"  # a clear and permanent "no" to this mail
    UNSENT = "unsent"  # trouble with the relay before the final dot: surely not sent, counts as no attempt
    DOUBTFUL = "doubtful"  # the line broke after the final dot: sent or not, nobody can know
    WITHDRAWN = "withdrawn"  # the hand-off commit said no: surely not sent


class Outcome(NamedTuple):
    """A verdict and the ground for it.

    `code` is the reply's (0: there was none), `enhanced` its status code of RFC 3463 (may be empty), `text` what the
    server or the system said, for a person to read. `permanent_setup` marks an `UNSENT` that no waiting cures: the
    settings are wrong (credentials, certificate, sender), so every mail would meet the same.
    """

    verdict: Verdict
    phase: Phase
    code: int = 0
    enhanced: str = ""
    text: str = ""
    permanent_setup: bool = False


_BEFORE_RECIPIENT: Final = frozenset(
    (Phase.CONNECT, Phase.BANNER, Phase.EHLO, Phase.TLS, Phase.AUTH, Phase.RSET, Phase.MAIL)
)
_NEEDS_OTHER_CREDENTIALS: Final = frozenset((530, 534, 535, 538))  # RFC 4954 6, RFC 3207 4
_CLOSING: Final = 421
_START_MAIL_INPUT: Final = 354
_STORAGE_EXCEEDED: Final = 552


def is_go_ahead(phase: Phase, reply: Reply) -> bool:
    """Whether this reply to `phase` asks for the next step and decides nothing yet."""
    if phase is Phase.DATA:
        return reply.code == _START_MAIL_INPUT
    return _is_positive(reply) and phase not in (Phase.BODY, Phase.DOT)


def judge_reply(phase: Phase, reply: Reply) -> Outcome:
    """Judge a reply to `phase` that is no go-ahead. In the `BODY` phase it came unasked, so no such reply is good."""
    if phase is Phase.DOT and _is_positive(reply):
        return _conclude(Verdict.ACCEPTED, phase, reply)
    if reply.code >= 400:
        return _judge_refusal(phase, reply)
    return _conclude(_verdict_of_break(phase), phase, reply)


def judge_break(phase: Phase, text: str, *, permanent_setup: bool = False) -> Outcome:
    """Judge a line that was lost, fell silent or talked nonsense in `phase`."""
    return Outcome(_verdict_of_break(phase), phase, text=text, permanent_setup=permanent_setup)


def _is_positive(reply: Reply) -> bool:
    return 200 <= reply.code < 300


def _verdict_of_break(phase: Phase) -> Verdict:
    return Verdict.DOUBTFUL if phase is Phase.DOT else Verdict.UNSENT


def _judge_refusal(phase: Phase, reply: Reply) -> Outcome:
    permanent = reply.code >= 500
    if reply.code in _NEEDS_OTHER_CREDENTIALS:
        return _conclude(Verdict.UNSENT, phase, reply, permanent_setup=True)
    if phase is Phase.MAIL and _is_too_large(reply):
        return _conclude(Verdict.REFUSED, phase, reply)
    if phase in _BEFORE_RECIPIENT:
        # MAIL names the sender only: refused for good, it is refused for every mail.
        return _conclude(Verdict.UNSENT, phase, reply, permanent_setup=permanent and phase in (Phase.AUTH, Phase.MAIL))
    if reply.code == _CLOSING and phase is not Phase.DOT:
        return _conclude(Verdict.UNSENT, phase, reply)
    if permanent and not _is_mailbox_full(phase, reply):
        return _conclude(Verdict.REFUSED, phase, reply)
    return _conclude(Verdict.DEFERRED, phase, reply)


def _is_too_large(reply: Reply) -> bool:
    """RFC 1870 6.2: a fixed limit of this relay or this mailbox."""
    return reply.enhanced in ("5.3.4", "5.2.3") or (reply.code == _STORAGE_EXCEEDED and not reply.enhanced)


def _is_mailbox_full(phase: Phase, reply: Reply) -> bool:
    """A full mailbox can be emptied; RFC 5321 4.5.3.1.10 has a bare 552 to RCPT treated as 452."""
    if reply.enhanced:
        return reply.enhanced == "5.2.2"
    return reply.code == _STORAGE_EXCEEDED and phase is Phase.RCPT


def _conclude(verdict: Verdict, phase: Phase, reply: Reply, *, permanent_setup: bool = False) -> Outcome:
    return Outcome(verdict, phase, reply.code, reply.enhanced, reply.text, permanent_setup)
