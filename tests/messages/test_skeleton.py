from base64 import b64decode

from hypothesis import given
from hypothesis import strategies as st

from service.messages.skeleton import Skeleton, blank

CLEAN = st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff")
PIECES = st.one_of(
    st.text(CLEAN, max_size=120),
    st.sampled_from([blank("name"), blank("url")]),
)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.lists(PIECES, max_size=8), VALUES, VALUES)
def test_a_filled_skeleton_is_the_text_with_its_blanks_filled(pieces: list[str], name: str, url: str) -> None:
    text = "".join(pieces)

    filled = Skeleton.of(text).fill({"name": name.encode(), "url": url.encode()})

    expected = text.replace("\n", "\r\n").replace(blank("name"), name).replace(blank("url"), url)
    assert b64decode(b"".join(filled).replace(b"\r\n", b""), validate=True).decode() == expected
    assert all(block.endswith(b"\r\n") for block in filled)


@given(st.lists(PIECES, max_size=8), VALUES)
def test_lines_are_at_most_76_characters_long_and_end_in_crlf(pieces: list[str], value: str) -> None:
    filled = Skeleton.of("".join(pieces)).fill({"name": value.encode(), "url": b""})

    *lines, end = b"".join(filled).split(b"\r\n")
    assert end == b""
    assert all(0 < len(line) <= 76 and line.isascii() and b"\n" not in line for line in lines)


def test_line_ends_become_crlf_once() -> None:
    assert b64decode(b"".join(Skeleton.of("a\nb\r\nc").fill({}))) == b"a\r\nb\r\nc"


def test_a_skeleton_names_its_blanks() -> None:
    assert Skeleton.of(f"{blank('name')}, {blank('url')} {blank('name')}").fields == ("name", "url", "name")
