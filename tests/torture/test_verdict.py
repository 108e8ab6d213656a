"""The judge himself: he finds what he is there to find, and nothing where nothing is."""

import pytest

from service.store.ledger import Delivery, DeliveryState
from tests.delivery.test_settling import delivery
from tests.torture.verdict import judge

ANN, BOB = "ann@example.org", "bob@example.org"


def row(address: str, state: DeliveryState = DeliveryState.SENT, *, doubts: int = 0) -> Delivery:
    return delivery(doubts=doubts)._replace(address=address, state=state)


def test_a_ledger_that_tells_the_truth_has_no_fault() -> None:
    rows = [row(ANN), row(BOB, DeliveryState.UNCERTAIN, doubts=2), row("eve@example.org", doubts=1)]
    verdict = judge(rows, {ANN: 1, "eve@example.org": 2}, {ANN: {"<1>"}})

    assert verdict.faults == []
    assert verdict.missing == frozenset({BOB})
    assert (verdict.most_copies, verdict.copies) == (2, 3)


@pytest.mark.parametrize(
    ("rows", "accepted", "fault"),
    [
        ([row(ANN)], {}, "lost untold: 1"),
        ([row(ANN)], {ANN: 2}, "doubled untold: 1"),
        ([row(ANN, DeliveryState.HANDING)], {}, "never settled: 1"),
        ([row(ANN, DeliveryState.CANCELLED)], {ANN: 1}, "sent though not owed: 1"),
        ([row(ANN)], {ANN: 1, BOB: 1}, "sent though not owed: 1"),
        ([row(ANN, doubts=2)], {ANN: 3}, "3 copies of one mail"),
    ],
)
def test_each_way_to_break_the_promise_is_found(rows: list[Delivery], accepted: dict[str, int], fault: str) -> None:
    faults = judge(rows, accepted, {}).faults

    assert any(found.startswith(fault) for found in faults)


def test_a_second_message_id_is_found() -> None:
    verdict = judge([row(ANN, doubts=1)], {ANN: 2}, {ANN: {"<1>", "<2>"}})

    assert verdict.faults == [f"sent under two Message-IDs: 1, like {ANN}"]


def test_nobody_can_be_judged_who_is_owed_two_mails() -> None:
    with pytest.raises(ValueError, match="two mails"):
        judge([row(ANN), row(ANN)], {}, {})
