"""Through the whole service: what comes on Sunday evening, what on Monday morning, and what is missing in a row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from sqlalchemy import Connection, update

from service.app.service import App, open_app
from service.store.tables import participants
from tests.app.conftest import SCHEDULE, House, join

SUNDAY = datetime(2026, 3, 8, 18, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def at(app: App, house: House, time: datetime) -> dict[str, str]:
    """Turn the clock, let the service do what is due; the text of each mail so far, by its recipient and subject."""
    house.watch.time = time
    await app.worker.do_once()
    found = {}
    for file in (house.settings.data_dir / "mailbox" / "new").glob("*"):
        mail = message_from_bytes(file.read_bytes(), EmailMessage, policy=modern)
        assert isinstance(mail, EmailMessage)
        part = mail.get_body(("plain",))
        assert part
        found[f"{mail['To']}: {mail['Subject']}"] = str(part.get_content()).replace("\r\n", "\n")
    return found


def choose_digest(connection: Connection) -> None:
    for name in ("reader", "other"):
        join(connection, name, LONG_BEFORE)
    connection.execute(update(participants).where(participants.c.address == "reader@example.org").values(digest=True))


async def test_a_week_is_summed_up_to_those_who_chose_it_and_reported_to_the_organiser(house: House) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(choose_digest)

        assert await at(app, house, SUNDAY - MINUTE) == {}
        on_sunday = await at(app, house, SUNDAY)
        assert await at(app, house, MONDAY - MINUTE) == on_sunday
        on_monday = await at(app, house, MONDAY)

    digest = "reader@example.org: The week from Mon 9 March 2026 · Reading group"
    report = "organizer@example.org: The week from Mon 9 March 2026: bell.example.org"
    assert list(on_sunday) == [digest]
    assert "Wed 11 March 2026, 19:00–21:00 (Coordinated Universal Time)" in on_sunday[digest]
    assert on_monday.keys() == {digest, report}
    assert "Attention" in on_monday[report]
    assert "Registered: 2 (+0 / −0)" in on_monday[report]
    assert "Mails sent: 1\n" in on_monday[report]


async def test_no_report_comes_if_none_is_wanted(house: House) -> None:
    async with open_app(replace(house.settings, weekly_report=False), house.watch) as app:
        await app.store.database.write(lambda connection: join(connection, "reader", LONG_BEFORE))

        assert await at(app, house, MONDAY) == {}


async def test_a_row_without_speaker_is_told_to_the_organiser_when_its_session_is_near(house: House) -> None:
    house.schedule.write_text(SCHEDULE.replace("Sena", ""), "utf-8")
    async with open_app(house.settings, house.watch) as app:
        assert await at(app, house, SUNDAY) == {}
        mails = await at(app, house, SUNDAY + timedelta(hours=2))

    assert list(mails) == ["organizer@example.org: A row is not complete yet: Reading group"]
    assert "Missing: speaker" in mails["organizer@example.org: A row is not complete yet: Reading group"]
