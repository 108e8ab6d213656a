"""The dossier: everything about one person, and nothing about anybody else."""

import json
from dataclasses import replace

from sqlalchemy import Connection, insert

from service.store import membership, owing
from service.store.database import Database
from service.store.dossier import compile_dossier
from service.store.keys import Keys
from service.store.limits import Asked
from service.store.participants import Participant, State
from service.store.registration import send_link
from service.store.tables import attempts, bounces
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, SERIES, VERSION

KEYS = Keys(b"k" * 32)
BEGIN = DAY_BEFORE - 9 * DAY


def join(connection: Connection, name: str, series: str = SERIES) -> Participant:
    wish = {"series": series, "address": f"{name}@example.org", "language": "ko", "timezone": "Asia/Seoul"}
    person = membership.add(connection, **wish, name=name, state=State.PENDING, now=BEGIN)
    return membership.confirm(connection, KEYS, person, BEGIN)


async def test_it_has_every_registration_mail_link_and_bounce_of_the_address_alone(database: Database) -> None:
    def go(connection: Connection) -> Participant:
        season.publish(connection, VERSION)
        people = [join(connection, "hana"), join(connection, "stranger")]
        membership.unsubscribe(connection, join(connection, "hana", "old"), BEGIN + DAY)
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        for one in people:
            came_back = {"participant_id": one.id, "delivery_id": one.id, "status": "4.2.2", "text": "full"}
            connection.execute(insert(bounces).values(**came_back, at=BEGIN, returned=True))
        came_to = {"number": 1, "at": BEGIN, "last_at": BEGIN, "times": 1, "state": "planned"}
        for number, reason in ((1, "greylisted"), (2, "a stranger's")):
            connection.execute(insert(attempts).values(delivery_id=number, reason=reason, **came_to))
        again = Asked(address="Hana+list@example.org", client="net")
        send_link(connection, KEYS, again, now=BEGIN, until=DAY_BEFORE)
        send_link(connection, KEYS, replace(again, address="hana@example.org"), now=BEGIN, until=DAY_BEFORE)
        return people[0]

    person = await database.write(go)
    kept = await database.read(lambda c: compile_dossier(c, KEYS, person))

    old, season_ = sorted(kept["registrations"], key=lambda one: str(one["series"]))
    assert (old["series"], old["state"], old["left_at"]) == ("old", "unsubscribed", "2024-01-18T12:00:00+00:00")
    (mail,) = (one for one in season_["mails"] if one["kind"] == "reminder")
    assert (mail["rule"], mail["state"], mail["settled_at"]) == ("1d", "planned", None)
    assert mail["due_at"] == "2024-01-26T12:00:00+00:00"
    assert [link["purpose"] for link in season_["links"]] == ["me", "unsubscribe"]
    assert [one["status"] for one in season_["returned_mails"]] == ["4.2.2"]
    assert [one["reason"] for one in season_["mail_attempts"]] == ["greylisted"]
    assert kept["mails_asked_for"] == ["2024-01-17T12:00:00+00:00"]
    assert "stranger" not in json.dumps(kept)
