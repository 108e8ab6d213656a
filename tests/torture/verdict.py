"""The verdict: what the ledger says against what really arrived. Counted as in a test of a queue: lost, doubled, and
which of both the ledger admits."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from service.store.ledger import OPEN, Delivery, DeliveryState

__all__ = ["Verdict", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """People by what became of the one mail that each was owed.

    `lost` did not arrive though the ledger says it was sent, `missing` is the same with the ledger's admission that it
    cannot know; `doubled` arrived more than once untold, `doubtful` are those whom the ledger lists as in doubt.
    `open` is owed still, `strange` came without being owed, `renamed` came under more than one Message-ID.
    """

    owed: int
    open: frozenset[str]
    lost: frozenset[str]
    missing: frozenset[str]
    doubled: frozenset[str]
    doubtful: frozenset[str]
    strange: frozenset[str]
    renamed: frozenset[str]
    copies: int
    most_copies: int

    @property
    def faults(self) -> list[str]:
        """What breaks the promise, in words; empty if nothing does."""
        named = {
            "lost untold": self.lost,
            "doubled untold": self.doubled,
            "never settled": self.open,
            "sent though not owed": self.strange,
            "sent under two Message-IDs": self.renamed,
        }
        broken = [f"{what}: {len(whom)}, like {min(whom)}" for what, whom in named.items() if whom]
        return [*broken, f"{self.most_copies} copies of one mail"] if self.most_copies > 2 else broken

    def __str__(self) -> str:
        return (
            f"{self.owed} owed, {self.copies} copies; lost untold {len(self.lost)}, doubled untold {len(self.doubled)},"
            f" most copies {self.most_copies}, listed in doubt {len(self.doubtful)} (of these missing"
            f" {len(self.missing)})"
        )


def judge(rows: Sequence[Delivery], accepted: Mapping[str, int], messages: Mapping[str, AbstractSet[str]]) -> Verdict:
    """Compare a ledger in which each person has one delivery with how many mails each got, and their Message-IDs."""
    by_address = {row.address: row for row in rows}
    if len(by_address) != len(rows):
        raise ValueError("somebody is owed two mails")
    doubtful = frozenset(address for address, row in by_address.items() if row.doubts)
    sent = {address for address, row in by_address.items() if row.state is DeliveryState.SENT}
    unsure = {address for address, row in by_address.items() if row.state is DeliveryState.UNCERTAIN}
    arrived = {address for address, copies in accepted.items() if copies}
    twice = {address for address, copies in accepted.items() if copies > 1}
    return Verdict(
        owed=len(rows),
        open=frozenset(address for address, row in by_address.items() if row.state in OPEN),
        lost=frozenset(sent - arrived),
        missing=frozenset(unsure - arrived),
        doubled=frozenset(twice - doubtful),
        doubtful=doubtful,
        strange=frozenset(arrived - sent - unsure - doubtful),
        renamed=frozenset(address for address, ids in messages.items() if len(ids) > 1),
        copies=sum(accepted.values()),
        most_copies=max(accepted.values(), default=0),
    )
