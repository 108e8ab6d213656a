"""Entering: what is due enters the ledger a slice at a time, and its first mails leave while the last are planned."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from service.reminders.occasion import Occasion
from service.store.owing import owe_reminders
from service.store.slices import cut

__all__ = ["Remainder", "enter_slice"]

_SLICE: Final = 2_000
"""So many people are seen to in one commit: for some hundredths of a second no other gets a word in."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is still to be entered: the `occasions`, of the first of which everybody up to the id `reached` is in."""

    occasions: tuple[Occasion, ...]
    reached: int = 0


def enter_slice(connection: Connection, series: str, left: Remainder, now: datetime) -> tuple[int, Remainder]:
    """Owe as many of these reminders as a slice holds; how many are new, and what is left.

    Whoever never comes to the end begins anew: what is in the ledger already costs little, and changes nothing.
    """
    owed, room = 0, _SLICE
    while left.occasions and room > 0:
        occasion, *later = left.occasions
        among = cut(connection, series, occasion.audience, left.reached, room)
        owed += owe_reminders(connection, series, occasion, now, among)
        left = Remainder(tuple(later)) if among.last is None else Remainder(left.occasions, among.last)
        room -= max(1, among.size)
    return owed, left
