"""Invitations, taken up by Thunderbird: its own calendar shows what the feed says, after every change."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.conftest import House
from tests.app.conftest import house as house
from tests.app.guest import ADDRESS, SENDER, Guest, Invited, inviting
from tests.clients.thunderbird import THUNDERBIRD, Thunderbird, receiving

DAY, SETTLED = timedelta(days=1), timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _thunderbird_is_there() -> None:
    if THUNDERBIRD is None and not os.environ.get("CI"):
        pytest.skip("there is no thunderbird on this machine")


async def take_up(thunderbird: Thunderbird, mails: list[Invited]) -> list[str]:
    """What the program offers its user to do with each mail, to which the user agrees."""
    return [await thunderbird.receive(mail.calendar, mail.method, SENDER) for mail in mails]


async def agrees(thunderbird: Thunderbird, guest: Guest, *uids: str) -> bool:
    """Whether the calendar holds just these sessions, as the feed tells them."""
    expected, feed = guest.expected(*uids), await guest.feed()
    sequences = {uid: number for uid, number in (await thunderbird.read_sequences()).items() if number}
    told = {uid: f"SEQUENCE:{number}" in feed[uid] for uid, number in sequences.items()}
    return all(told.values()) and await thunderbird.read(expected) == expected


async def test_a_season_comes_by_mail_and_every_change_with_it(house: House, tmp_path: Path) -> None:
    async with inviting(house) as guest, receiving(ADDRESS, tmp_path / "home") as thunderbird:
        mails = await guest.wait(SETTLED)
        opening, attention = (mail.uid for mail in mails)
        assert await take_up(thunderbird, mails) == ["REQUEST", "REQUEST"]
        assert await agrees(thunderbird, guest, opening, attention)
        assert await take_up(thunderbird, mails) == ["", ""], "a second copy is known as such"

        await guest.edit("2026-03-11 | 19:00", "2026-03-12 | 20:30")
        moved = await guest.wait(SETTLED)
        assert await take_up(thunderbird, moved) == ["REQUEST:UPDATE"]
        assert await agrees(thunderbird, guest, opening, attention)
        assert await take_up(thunderbird, mails) == ["", ""], "what is older changes nothing any more"
        assert await agrees(thunderbird, guest, opening, attention)

        await guest.edit("| Attention |", "| 주의, 그리고; 다시 |")
        assert await take_up(thunderbird, await guest.wait(SETTLED)) == ["REQUEST:UPDATE"]
        assert await agrees(thunderbird, guest, opening, attention)

        await guest.edit("주의, 그리고; 다시 | Minjun", "~~주의, 그리고; 다시~~ | ~~Minjun~~")
        assert await take_up(thunderbird, await guest.wait(SETTLED)) == ["CANCEL"]
        assert await agrees(thunderbird, guest, opening)

        await guest.edit("~~", "")
        assert await take_up(thunderbird, await guest.wait(SETTLED)) == ["REQUEST"]
        assert await agrees(thunderbird, guest, opening, attention)

        later = await guest.wait(DAY)
        assert await take_up(thunderbird, later) == ["REQUEST"]
        assert await agrees(thunderbird, guest, opening, attention, later[0].uid)
