"""Registering: one answer for everybody, and nothing stored that no person sent."""

import asyncio
import random
import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import httpx
import pytest
from sqlalchemy import Connection

from service.store import limits
from service.store.membership import add
from service.store.participants import State
from service.web.parts import Parts
from tests.web.conftest import Bell, Watch
from tests.web.people import SLUG, fill_form, join, list_mail, list_people, post_form

DOOR = f"/{SLUG}/participants"


async def test_a_person_is_registered_and_owed_a_mail_to_confirm(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, bell: Bell
) -> None:
    answer = await post_form(client, watch, email="Reader@EXAMPLE.org", timezone="Europe/Berlin")

    assert answer.status_code == 202
    assert "Check your inbox" in answer.text
    [person] = await list_people(parts)
    assert (person.address, person.language, person.timezone) == ("Reader@example.org", "ko", "Europe/Berlin")
    assert person.state is State.PENDING
    assert await list_mail(parts) == ["confirmation"]
    assert bell.rings == 1


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await join(parts)

    known = await post_form(client, watch)
    unknown = await post_form(client, watch, email="stranger@example.org")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.headers == unknown.headers
    assert (await list_mail(parts))[-2:] == ["known", "confirmation"]


async def test_who_fills_the_trap_gets_the_same_answer_and_nothing_else(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    trapped = await post_form(client, watch, homepage="https://spam.example.org")
    stored = await list_people(parts)
    honest = await post_form(client, watch)

    assert (trapped.status_code, trapped.content) == (honest.status_code, honest.content)
    assert stored == ()


async def test_a_quick_person_presses_once_more(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    filled = await fill_form(client, watch)
    watch.turn(timedelta(seconds=-9))
    quick = await client.post(DOOR, data=filled)
    stored = await list_people(parts)
    watch.turn(timedelta(seconds=3))
    again = await client.post(DOOR, data=filled)

    assert quick.status_code == 422
    assert "That was quick" in quick.text
    assert 'value="reader@example.org"' in quick.text
    assert filled["form"] in quick.text
    assert stored == ()
    assert again.status_code == 202


@pytest.mark.parametrize("token", ["", "made up", "1707912000.00000000000000000000000000000000"])
async def test_a_form_without_our_token_is_shown_again(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, token: str
) -> None:
    answer = await post_form(client, watch, form=token)

    assert answer.status_code == 422
    assert await list_people(parts) == ()


async def test_a_form_left_open_for_hours_gets_a_fresh_token(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    filled = await fill_form(client, watch)
    watch.turn(timedelta(hours=3))

    answer = await client.post(DOOR, data=filled)

    assert answer.status_code == 422
    assert "open for too long" in answer.text
    assert filled["form"] not in answer.text


@pytest.mark.parametrize(("field", "value"), [("email", "reader@"), ("email", ""), ("timezone", "Moon/Base")])
async def test_a_slip_can_be_corrected(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, field: str, value: str
) -> None:
    filled = await fill_form(client, watch)
    slip = await client.post(DOOR, data=filled | {field: value})
    corrected = await client.post(DOOR, data=filled)

    assert (slip.status_code, corrected.status_code) == (422, 202)
    assert filled["form"] in slip.text


async def test_a_stranger_s_words_are_only_shown_to_themselves_and_escaped(
    client: httpx.AsyncClient, watch: Watch
) -> None:
    answer = await post_form(client, watch, email='"><script>alert(1)</script>', name="<b>")

    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "<b>" not in answer.text


async def test_too_many_registrations_are_stopped(client: httpx.AsyncClient, watch: Watch) -> None:
    answers = [await post_form(client, watch, email=f"reader{number}@example.org") for number in range(60)]

    assert answers[0].status_code == 202
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "3600"


async def doubt(parts: Parts, watch: Watch) -> None:
    """Let programs register twenty addresses that nobody confirms."""

    def enter(connection: Connection) -> None:
        for number in range(20):
            add(
                connection,
                series=SLUG,
                address=f"victim{number}@example.com",
                language="en",
                timezone="UTC",
                state=State.PENDING,
                now=watch.now(),
            )

    await parts.database.write(enter)
    watch.turn(timedelta(hours=2))


def answer_question(page: httpx.Response) -> str:
    found = re.search(r"How much is (\d) plus (\d)\?", page.text)
    assert found is not None
    return str(int(found[1]) + int(found[2]))


async def test_in_doubtful_times_a_person_answers_a_question(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await doubt(parts, watch)
    filled = await fill_form(client, watch)

    asked = await client.post(DOOR, data=filled)
    wrong = await client.post(DOOR, data=filled | {"answer": "99"})
    mails = await list_mail(parts)
    right = await client.post(DOOR, data=filled | {"answer": answer_question(asked)})

    assert (asked.status_code, wrong.status_code, right.status_code) == (422, 422, 202)
    assert 'value="reader@example.org"' in asked.text
    assert answer_question(asked) == answer_question(wrong)
    assert (mails, await list_mail(parts)) == ([], ["confirmation"])


async def test_an_answer_is_good_for_one_address(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    await doubt(parts, watch)
    filled = await fill_form(client, watch)
    answer = answer_question(await client.post(DOOR, data=filled))

    others = [
        await client.post(DOOR, data=filled | {"email": f"other{n}@example.org", "answer": answer}) for n in range(8)
    ]

    assert 422 in {other.status_code for other in others}


async def test_the_question_is_the_same_for_known_and_unknown_addresses(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await doubt(parts, watch)
    await join(parts)

    pages = [await post_form(client, watch, email=address) for address in ("reader@example.org", "nobody@example.org")]

    known, unknown = (re.sub(r"reader|nobody|\d plus \d|value=\"[\d.a-f]{20,}\"", "", page.text) for page in pages)
    assert known == unknown


@pytest.mark.slow
async def test_five_hundred_pairs_of_known_and_unknown_addresses_get_the_same_bytes(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SHARES", ((limits.Pace(9999, 9999), limits.Pace(9999, 9999)),))
    filled = await fill_form(client, watch)

    def enter(connection: Connection) -> None:
        for number in range(500):
            state = (State.CONFIRMED, State.SUPPRESSED, State.UNSUBSCRIBED, State.CONFIRMED)[number % 4]
            address, now = f"known{number}@example.org", watch.now()
            add(connection, series=SLUG, address=address, language="en", timezone="UTC", state=state, now=now)

    await parts.database.write(enter)
    answers: set[object] = set()

    async def ask(kind: str, number: int) -> float:
        begun = perf_counter()
        answer = await client.post(DOOR, data=filled | {"email": f"{kind}{number}@example.org"})
        answers.add((answer.status_code, answer.content, tuple(answer.headers.multi_items())))
        return perf_counter() - begun

    alone = {kind: median([await ask(kind, number) for number in range(100)]) for kind in ("known", "other")}
    for begin in range(100, 500, 50):
        await asyncio.gather(*(ask(kind, begin + n) for n in range(50) for kind in ("known", "other")))
    print({kind: f"median {seconds * 1000:.2f} ms" for kind, seconds in alone.items()})
    assert len(answers) == 1


async def test_inventing_addresses_of_origin_does_not_help(client: httpx.AsyncClient, watch: Watch) -> None:
    filled = await fill_form(client, watch)
    dice = random.Random(4)
    for number in range(60):
        invented = {"X-Forwarded-For": ".".join(str(dice.randrange(1, 255)) for _ in range(4))}
        answer = await client.post(DOOR, data=filled | {"email": f"r{number}@example.org"}, headers=invented)

    assert answer.status_code == 429


async def test_a_series_that_is_not_there_takes_nobody(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    filled = await fill_form(client, watch)

    assert (await client.post("/nothing/participants", data=filled)).status_code == 404
    assert (await client.get(DOOR)).status_code == 405
