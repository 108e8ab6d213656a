"""Forms: the age of a token, and the limits of what is read."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from service.store.keys import Keys
from service.web.form import Form, FormAge, FormTokens, read_form

NOON = datetime(2024, 2, 14, 12, tzinfo=UTC)
TOKENS = FormTokens(Keys(b"a secret"))


def make_request(*chunks: bytes, kind: str = "application/x-www-form-urlencoded") -> Request:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (0, FormAge.EARLY), (2.9, FormAge.EARLY), (3, FormAge.RIGHT), (7199, FormAge.RIGHT), (7200, FormAge.LATE),
        (-5, FormAge.EARLY),
    ],
)  # fmt: skip
def test_a_form_is_taken_between_three_seconds_and_two_hours(seconds: float, age: FormAge) -> None:
    assert TOKENS.judge(TOKENS.issue(NOON), NOON + timedelta(seconds=seconds)) is age


@given(st.text())
def test_a_token_of_somebody_else_is_never_right(token: str) -> None:
    assert TOKENS.judge(token, NOON) is FormAge.LATE


def test_a_token_cannot_be_made_older() -> None:
    shown, _, signature = TOKENS.issue(NOON).partition(".")

    assert TOKENS.judge(f"{int(shown) - 60}.{signature}", NOON) is FormAge.LATE
    assert FormTokens(Keys(b"another")).judge(f"{shown}.{signature}", NOON + timedelta(minutes=1)) is FormAge.LATE


def test_a_token_serves_the_form_it_was_given_for() -> None:
    one, other = (FormTokens(Keys(b"a secret"), about=about, first=timedelta(seconds=1)) for about in ("one", "other"))
    token, later = one.issue(NOON), NOON + timedelta(seconds=1)

    assert [tokens.judge(token, later) for tokens in (one, other, TOKENS)] == [
        FormAge.RIGHT,
        FormAge.LATE,
        FormAge.LATE,
    ]


async def test_fields_are_read_in_order() -> None:
    form = await read_form(make_request(b"name=%EA%B8%B8+", b"%EB%8F%99&lead=7d&lead=1h&empty="))

    assert (form.line("name"), form.all("lead"), form.line("empty"), form.line("none")) == (
        "길 동",
        ("7d", "1h"),
        "",
        "",
    )


def test_a_line_is_clean_and_short() -> None:
    form = Form({"name": ("a\r\nb\x00\u202ec" + "d" * 500,)})

    assert form.line("name", 10) == "a bc" + "d" * 6


@pytest.mark.parametrize(
    ("chunks", "kind", "status"),
    [
        ((b"a=" + b"x" * 10_000, b"x" * 10_000), "application/x-www-form-urlencoded", 413),
        ((b"&".join(b"a=1" for _ in range(100)),), "application/x-www-form-urlencoded", 400),
        ((b"a=%ff",), "application/x-www-form-urlencoded", 400),
        ((b"\xff\xfe",), "application/x-www-form-urlencoded", 400),
        ((b"{}",), "text/plain", 415),
        ((b"--x",), "multipart/form-data; boundary=x", 415),
    ],
)
async def test_what_is_no_small_form_is_refused(chunks: tuple[bytes, ...], kind: str, status: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await read_form(make_request(*chunks, kind=kind))

    assert refused.value.status_code == status


async def test_a_form_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.form._PATIENCE", timedelta(milliseconds=20))

    async def receive() -> Message:
        return await asyncio.Future()

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    with pytest.raises(HTTPException) as refused:
        await read_form(request)

    assert refused.value.status_code == 408
