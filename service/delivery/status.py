"""The status of a refusal, as exact as what was said allows: many servers name the mailbox's fate in words only."""

import re
from typing import Final

__all__ = ["UNNAMED_ADDRESS", "find_status"]

UNNAMED_ADDRESS: Final = "5.1.0"
"""Something is wrong with the address (RFC 3463 3.2), says somebody who has no number for it."""

_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_SAYS_NOTHING: Final = re.compile(r"[245]\.0\.0|5\.3\.0|5\.5\.0|")
_NO_MAILBOX: Final = re.compile(
    r"(?:user|recipient|address|mailbox|account)\s+(?:is\s+)?(?:unknown|invalid|not\s+found|not\s+known)"
    r"|(?:unknown|no\s+such|invalid)\s+(?:local\s+)?(?:user|recipient|address|mailbox|account)"
    r"|(?:user|recipient|address|mailbox|account)[^\n]{0,80}?(?:does\s?n[o']t|does\s+not)\s+(?:exist|have)"
    r"|no\s+mailbox\s+(?:here\s+)?by\s+that\s+name|unrouteable\s+address|not\s+a\s+valid\s+(?:user|mailbox)"
    r"|존재하지\s*않는|없는\s*(?:사용자|계정|메일|주소)|사용자를?\s*찾을\s*수\s*없",
    re.IGNORECASE,
)
_LOOKED_AT: Final = 4096


def find_status(status: str, said: str) -> str:
    """The status (RFC 3463) that was given, unless what was `said` is more exact; empty if neither says anything."""
    said = said[:_LOOKED_AT]
    given = _STATUS.search(status)
    if given and not _SAYS_NOTHING.fullmatch(given[1]):
        return given[1]
    exact = (one for one in _STATUS.findall(said) if not _SAYS_NOTHING.fullmatch(one))
    if better := next(exact, ""):
        return str(better)
    if _NO_MAILBOX.search(said) and not (given and given[1].startswith("4")):
        return UNNAMED_ADDRESS
    return given[1] if given else ""
