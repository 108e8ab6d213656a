"""Return addresses: what was written is read again, and nobody else can write one."""

import random
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.envelope import Envelope, find_fault
from service.delivery.verp import LONGEST_LOCAL_PART, RETURNS_WITHIN, Errand, Token, Verp

NOW = datetime(2026, 12, 8, 10, tzinfo=UTC)
VERP = Verp("bounces@example.org", b"secret of the tests, 32 bytes....")


@given(st.integers(0, 2**40 - 1))
def test_a_bounce_names_the_delivery(number: int) -> None:
    address = VERP.return_address(number, NOW)

    (token,) = VERP.find([address], NOW)

    assert (token.errand, token.number) == (Errand.BOUNCE, number)


@given(st.integers(0, 2**40 - 1), st.integers(0, 2**16 - 1))
def test_a_wish_to_leave_names_the_participant_and_the_generation(number: int, generation: int) -> None:
    assert VERP.find([VERP.leave_address(number, generation)], NOW) == [Token(Errand.LEAVE, number, generation)]


@pytest.mark.parametrize(
    "written", ["<{}>", "To: {}, x@example.org", "rfc822;{}", "mailto:{}?subject=x", '"a" <{}>', "<a>,{}"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_it_is_found_however_it_is_written(written: str, case: type[str]) -> None:
    assert VERP.find([written.format(case(VERP.return_address(7, NOW)))], NOW)


@pytest.mark.parametrize("around", ["x{}", "{}.evil.example", "{}x", "x+{}", "{}-x"])
def test_a_longer_address_is_not_ours(around: str) -> None:
    assert VERP.find([around.format(VERP.return_address(7, NOW))], NOW) == []


def test_a_bounce_may_take_thirty_days_and_a_wish_to_leave_for_ever() -> None:
    bounce, leave = VERP.return_address(7, NOW), VERP.leave_address(7, 0)

    assert VERP.find([bounce], NOW + RETURNS_WITHIN)
    assert VERP.find([bounce], NOW + RETURNS_WITHIN + timedelta(days=1)) == []
    assert VERP.find([leave], NOW + timedelta(days=4000))


def test_a_thousand_forged_tokens_are_nobody() -> None:
    dice, alphabet = random.Random(1), string.ascii_lowercase + "234567"
    made_up = ["".join(dice.choices(alphabet, k=24)) for _ in range(500)]
    real = VERP.return_address(7, NOW)
    local, _, domain = real.partition("@")
    changed = [local[:-at] + ("a" if local[-at] != "a" else "b") + local[len(local) - at + 1 :] for at in range(1, 25)]
    others = [Verp(VERP.mailbox, bytes([byte]) * 32).return_address(7, NOW) for byte in range(256)]
    mixed = [f"{one}@{domain}" for one in changed] + [address.replace("+", "+u-") for address in (real, *others)]

    forged = [f"bounces+{errand}{one}@example.org" for one in made_up for errand in ("", "u-")] + others + mixed

    assert len(forged) > 1000
    assert VERP.find(forged, NOW) == []


def test_the_longest_mailbox_still_makes_an_address_that_may_leave() -> None:
    verp = Verp(f"{'b' * LONGEST_LOCAL_PART}@example.org", VERP.secret)

    for address in (verp.return_address(2**40 - 1, NOW), verp.leave_address(2**40 - 1, 0)):
        assert find_fault(Envelope(address, "hana@example.net", (b"x\r\n",))) == ""


def test_the_secret_is_never_printed() -> None:
    assert "secret" not in repr(VERP)
