"""Invitations by mail: what they say is what the feed says, and each change is told once."""

from datetime import timedelta

from tests.app.conftest import House
from tests.app.guest import ADDRESS, SENDER, Guest, Invited, inviting

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SETTLED = 11 * MINUTE
PEOPLE = ("ORGANIZER", "ATTENDEE")


def title(invited: Invited) -> str:
    return next(line.partition(":")[2] for line in invited.event if line.startswith("SUMMARY:"))


def sequence(event: list[str]) -> int:
    return next(int(line.partition(":")[2]) for line in event if line.startswith("SEQUENCE:"))


async def agrees(guest: Guest, invited: Invited) -> bool:
    """Whether a mail says of its session what the feed says, SEQUENCE and all, and names the two people besides."""
    feed = await guest.feed()
    people = [line for line in invited.event if line.startswith(PEOPLE)]
    assert [line.rpartition(":")[2] for line in people] == [SENDER, ADDRESS]
    return [line for line in invited.event if line not in people] == feed[invited.uid]


async def test_a_season_in_somebodys_own_calendar(house: House) -> None:
    async with inviting(house) as guest:
        first = await guest.wait(SETTLED)
        assert [(one.method, title(one)) for one in first] == [("REQUEST", "Opening"), ("REQUEST", "Attention")]
        assert [sequence(one.event) for one in first] == [0, 0]
        attention = first[1].uid

        assert await guest.edit("2026-03-11 | 19:00", "2026-03-12 | 20:00") == []
        (moved,) = await guest.wait(SETTLED)
        assert (moved.uid, moved.method, moved.subject.partition(":")[0]) == (attention, "REQUEST", "Moved")
        assert sequence(moved.event) == 1

        await guest.edit("2026-03-12 | 20:00", "2026-03-13 | 20:00")
        await guest.wait(5 * MINUTE)
        await guest.edit("2026-03-13 | 20:00", "2026-03-12 | 20:00")
        assert await guest.wait(SETTLED) == [], "nothing is as it was not"
        assert sequence((await guest.feed())[attention]) == 3

        await guest.edit("Attention", "Attention, please")
        (renamed,) = await guest.wait(SETTLED)
        assert (renamed.uid, renamed.method, renamed.subject.partition(":")[0]) == (attention, "REQUEST", "Updated")

        await guest.edit("Attention, please | Minjun", "~~Attention, please~~ | ~~Minjun~~")
        (cancelled,) = await guest.wait(SETTLED)
        assert (cancelled.uid, cancelled.method) == (attention, "CANCEL")
        assert "STATUS:CANCELLED" in cancelled.event

        await guest.edit("~~", "")
        (restored,) = await guest.wait(SETTLED)
        assert (restored.uid, restored.method, sequence(restored.event)) == (attention, "REQUEST", 6)

        for one in (first[0], restored):
            assert await agrees(guest, one)
        later = await guest.wait(DAY)
        assert [title(one) for one in later] == ["Scaling"], "now it is near enough"


async def test_every_mail_agrees_with_the_feed_when_it_comes(house: House) -> None:
    edits = [
        ("19:00 | Attention", "21:30 | Attention"),
        ("Attention | Minjun", "~~Attention~~ | ~~Minjun~~"),
        ("~~", ""),
        ("Attention", "Attention, please"),
    ]
    async with inviting(house) as guest:
        for one in await guest.wait(SETTLED):
            assert await agrees(guest, one)
        for number, (old, new) in enumerate(edits, 1):
            await guest.edit(old, new)
            (mail,) = await guest.wait(SETTLED)
            assert await agrees(guest, mail)
            assert sequence(mail.event) == number


async def test_a_moved_session_that_is_renamed_at_once_is_one_mail(house: House) -> None:
    async with inviting(house) as guest:
        await guest.wait(SETTLED)
        await guest.edit("2026-03-11 | 19:00", "2026-03-11 | 20:00")
        await guest.edit("Attention", "Attention, please")

        (mail,) = await guest.wait(SETTLED)
        assert await agrees(guest, mail)
        assert await guest.wait(SETTLED) == []


async def test_a_session_that_is_called_off_and_then_gets_another_date_is_called_off(house: House) -> None:
    async with inviting(house) as guest:
        await guest.wait(SETTLED)
        await guest.edit("Attention | Minjun", "~~Attention~~ | ~~Minjun~~")
        await guest.edit("2026-03-11", "2026-03-12")

        (mail,) = await guest.wait(SETTLED)
        assert (mail.method, await agrees(guest, mail)) == ("CANCEL", True)


async def test_a_change_of_speaker_or_link_causes_no_mail_and_the_next_one_tells_it(house: House) -> None:
    async with inviting(house) as guest:
        await guest.wait(SETTLED)
        await guest.edit("Minjun", "Sena")
        assert await guest.wait(SETTLED) == []

        await guest.edit("Attention", "Attention, please")
        (mail,) = await guest.wait(SETTLED)
        assert await agrees(guest, mail)


async def test_who_wants_none_gets_none_and_who_wants_them_again_gets_what_is_new(house: House) -> None:
    async with inviting(house) as guest:
        await guest.wish(invitations=False)
        assert await guest.wait(SETTLED) == []
        await guest.wish(invitations=True)
        assert len(await guest.wait(MINUTE)) == 2

        await guest.wish(invitations=False)
        await guest.edit("2026-03-11 | 19:00", "2026-03-11 | 20:00")
        assert await guest.wait(SETTLED) == [], "a notice without anything for the calendar"
        await guest.wish(invitations=True)
        (mail,) = await guest.wait(MINUTE)
        assert await agrees(guest, mail)


async def test_a_session_cancelled_before_anybody_was_invited_is_told_to_no_calendar(house: House) -> None:
    async with inviting(house) as guest:
        await guest.wait(SETTLED)
        await guest.edit("Closing | Hana", "~~Closing~~ | ~~Hana~~")
        assert await guest.wait(SETTLED) == []
        assert all(title(one) != "Closing" for one in await guest.wait(10 * DAY))
