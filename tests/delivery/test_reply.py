import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.reply import Garbled, Reply, ReplyReader


def read(*pieces: bytes) -> list[Reply]:
    reader = ReplyReader()
    return [reply for piece in pieces for reply in reader.feed(piece)]


def test_a_reply_has_code_text_and_enhanced_status() -> None:
    [reply] = read(b"550 5.1.1 no such user\r\n")
    assert (reply.code, reply.enhanced, reply.text) == (550, "5.1.1", "5.1.1 no such user")


def test_the_lines_of_a_long_reply_are_one() -> None:
    assert read(b"250-one\r\n250-two\r\n250 three\r\n") == [Reply(250, "one two three")]


def test_a_bare_code_and_a_bare_line_end_are_understood() -> None:
    assert read(b"250\r\n354 go\n") == [Reply(250), Reply(354, "go")]


def test_a_status_that_stands_elsewhere_is_no_enhanced_status() -> None:
    assert Reply(250, "ok 2.1.0").enhanced == ""
    assert Reply(250, "2.1.0ok").enhanced == ""


@pytest.mark.parametrize("line", [b"hello", b"99 no", b"650 no", b"250_no", b"", b"\xff\xfe", b"2500 no", b"HTTP/1.1"])
def test_what_is_no_reply_is_garbled(line: bytes) -> None:
    with pytest.raises(Garbled):
        read(line + b"\r\n")


def test_two_codes_in_one_reply_are_garbled() -> None:
    with pytest.raises(Garbled):
        read(b"250-yes\r\n550 no\r\n")


def test_a_good_reply_before_garbage_is_heard() -> None:
    replies = ReplyReader().feed(b"250 ok\r\nrubbish\r\n")
    assert next(replies) == Reply(250, "ok")
    with pytest.raises(Garbled):
        next(replies)


@pytest.mark.parametrize("piece", [b"2" * 8192, b"250-" + b"x" * 1000 + b"\r\n"])
def test_an_endless_reply_is_cut_off(piece: bytes) -> None:
    with pytest.raises(Garbled, match="64 KiB"):
        read(*[piece] * 100)


def test_text_for_a_person_is_short_and_has_no_controls() -> None:
    [reply] = read(b"250 a\x00\x1b[31mb\xff\t\xc2\x85" + b"c" * 2000 + b"\r\n")
    assert reply.text.isprintable()
    assert len(reply.text) <= 500
    assert reply.text.startswith("a [31mb\ufffd ")


@settings(max_examples=100)
@given(st.data())
def test_replies_are_the_same_however_the_bytes_arrive(data: st.DataObject) -> None:
    stream = b"220 hi\r\n250-one\r\n250-two\r\n250 three\r\n354\r\n550 5.1.1 no\r\n"
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*pieces) == read(stream)


def test_the_reader_knows_whether_a_reply_has_begun() -> None:
    reader = ReplyReader()
    for piece, midway in ((b"25", True), (b"0 ok\r\n", False), (b"250-a\r\n", True), (b"250 b\r\n", False)):
        list(reader.feed(piece))
        assert reader.is_midway is midway
