"""The tray: what is claimed and waits to be handed over, one of each lane in turn.

Whoever waits in a short lane does not wait long, and nobody waits for the ledger: it is asked for more while there is
still something to take.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from service.delivery.brake import Brake
from service.store.attempts import remember_given_back
from service.store.claiming import claim, give_back, put_back
from service.store.database import Database
from service.store.lanes import LANES, Hold, Lane, begin_try, held, lane_of, try_now
from service.store.ledger import Delivery

__all__ = ["Tray"]

_FULL: Final = 200
"""As many of each lane are claimed at most."""

_LOW: Final = 100
"""When so few are left, more are claimed."""

_SHIFT: Final = timedelta(seconds=5)
"""How long what is claimed is worked on before it is asked anew what is most urgent."""

_DRY: Final = timedelta(seconds=0.2)
"""How long a ledger that had nothing more is not asked again."""


class Tray:
    """What one courier has claimed as `owner`. For one caller at a time."""

    def __init__(self, database: Database, brake: Brake, owner: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._brake = brake
        self._owner = owner
        self._now = now
        self._lanes: dict[Lane, deque[Delivery]] = {lane: deque() for lane in LANES}
        self._left: list[Delivery] = []
        self._turns = deque(LANES)
        self._filling: asyncio.Task[None] | None = None
        self._shift_ends = self._dry_until = 0.0

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    async def has_more(self, *, surely: bool = False) -> bool:
        """Whether there is something to take, or to be claimed. Raises `DatabaseTrouble`.

        A ledger that had nothing more a moment ago is asked again only if it is to be told `surely`.
        """
        if self._filling and self._filling.done():
            await self._filled()
        present, left = asyncio.get_running_loop().time(), len(self)
        if left and present >= self._shift_ends:
            await self._begin_shift()
        else:
            self._order(present, left, surely=surely)
        if not len(self):
            await self._filled()
        return len(self) > 0

    def has_at_hand(self) -> bool:
        """Whether there is something to take without a word with the ledger, which is asked for more meanwhile."""
        present, left = asyncio.get_running_loop().time(), len(self)
        if present >= self._shift_ends or (self._filling and self._filling.done()):
            return False
        self._order(present, left)
        return left > 0

    def take(self) -> Delivery:
        """The next delivery. Raises `IndexError` if there is none."""
        for _ in self._lanes:
            self._turns.rotate(-1)
            if waiting := self._lanes[self._turns[0]]:
                return waiting.popleft()
        raise IndexError("nothing is on the tray")

    def put_back(self, delivery: Delivery) -> None:
        """Lay a delivery that could not be handed over where it is taken next."""
        self._lanes[lane_of(delivery.kind)].appendleft(delivery)

    def leave(self, lane: Lane) -> None:
        """Take nothing more of a lane; what is on the tray goes back to the plan when more is claimed."""
        self._left.extend(self._lanes[lane])
        self._lanes[lane].clear()

    async def clear(self, reason: str = "") -> None:
        """Give everything that is still claimed back to the plan; `reason` is why it was not sent, if that is known.

        Raises `DatabaseTrouble`.
        """
        await self._filled()
        for waiting in self._lanes.values():
            waiting.clear()
        if reason:
            noting = partial(remember_given_back, owner=self._owner, reason=reason, at=self._now())
            await self._database.write(noting)
        await self._database.write(partial(give_back, owner=self._owner, reason=reason))

    def _order(self, present: float, left: int, *, surely: bool = False) -> None:
        """Have more claimed if little is left."""
        if left <= _LOW and (surely or present >= self._dry_until) and not self._filling:
            self._filling = asyncio.create_task(self._fill())

    async def _filled(self) -> None:
        filling, self._filling = self._filling, None
        if filling:
            await filling

    async def _begin_shift(self) -> None:
        await self._filled()
        for lane in self._lanes:
            self.leave(lane)
        await self._fill()

    async def _fill(self) -> None:
        """Claim what is most urgent in every lane, after giving back what is left of others."""
        left, self._left = self._left, []
        room = {lane: _FULL - len(waiting) for lane, waiting in self._lanes.items()}
        work = partial(_reclaim, owner=self._owner, left=left, room=room, now=self._now())
        holds, claimed = await self._database.write(work)
        self._brake.obey(holds)
        for lane, found in claimed.items():
            self._lanes[lane].extend(found)
            if lane in holds:
                self._brake.begin_tries(found)
            elif lane in self._brake.held:  # since a moment ago
                self.leave(lane)
        present = asyncio.get_running_loop().time()
        self._shift_ends = present + _SHIFT.total_seconds()
        if all(len(found) < room[lane] for lane, found in claimed.items()):
            self._dry_until = present + _DRY.total_seconds()


def _reclaim(
    connection: Connection, owner: str, left: Sequence[Delivery], room: Mapping[Lane, int], now: datetime
) -> tuple[dict[Lane, Hold], dict[Lane, list[Delivery]]]:
    """Put back what is left, then claim as much as there is room for; of a held lane one, if it is to be tried now."""
    put_back(connection, owner, left)
    holds = held(connection)
    claimed = {}
    for lane, most in room.items():
        if lane not in holds:
            claimed[lane] = claim(connection, owner, lane, now, most) if most else []
        elif begin_try(connection, lane, now):
            claimed[lane] = claim(connection, owner, lane, now, 1)
            if not claimed[lane]:
                try_now(connection, lane, now)
    return holds, claimed
