"""Work: what one line is about, the mail that it hands over and the one that it has announced behind it."""

from dataclasses import dataclass
from typing import NamedTuple

from service.delivery.envelope import Envelope
from service.delivery.transport import Line
from service.store.ledger import Delivery

__all__ = ["Mail", "Work"]


class Mail(NamedTuple):
    """A delivery and the mail that was written for it."""

    delivery: Delivery
    envelope: Envelope


@dataclass(slots=True, eq=False)
class Work:
    """The work of one `line`. Behind the mail that it hands over, `next` is announced, since `announced_at` by the
    clock of the event loop. A line that was to hand over a mail which then went another way `is_lost`.
    """

    line: Line
    next: Mail | None = None
    announced_at: float = 0.0
    is_lost: bool = False

    def take_next(self) -> Mail | None:
        """The mail that is announced, for this line to hand over now."""
        mail, self.next = self.next, None
        return mail

    def give_up_next(self) -> Mail | None:
        """The mail that is announced, for another line to hand over."""
        self.is_lost = self.is_lost or self.next is not None
        return self.take_next()
