"""Web addresses: one spelling for each, and nothing that two readers could take for different machines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.sources.location import Location, read_location
from service.sources.unusable import Unusable


def test_an_address_is_taken_apart() -> None:
    location = read_location("https://Raw.Example.org/group/season.md?ref=main#week-3")
    assert location == Location("https", "raw.example.org", 443, "/group/season.md?ref=main")
    assert location.url == "https://raw.example.org/group/season.md?ref=main"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://example.org", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org:/a", "https://example.org/a"),
        ("https://example.org?output=csv", "https://example.org/?output=csv"),
        ("https://example.org/일정.md", "https://example.org/%EC%9D%BC%EC%A0%95.md"),
        ("https://example.org/%EC%9D%BC.md", "https://example.org/%EC%9D%BC.md"),
        ("https://한국.example/a", "https://xn--3e0b707e.example/a"),
        ("https://_wiki.example/a_b", "https://_wiki.example/a_b"),
        ("http://198.51.100.7/a", "http://198.51.100.7/a"),
        ("http://[2001:DB8::0:7]:8080/a", "http://[2001:db8::7]:8080/a"),
        ('https://example.org/a"b<c>', "https://example.org/a%22b%3Cc%3E"),
    ],
)
def test_every_address_has_one_spelling(text: str, url: str) -> None:
    assert read_location(text).url == url
    assert read_location(url).url == url


def test_a_query_is_not_shown_since_it_may_hold_a_key() -> None:
    assert read_location("https://example.org/a.csv?token=s3cret#x").name == "https://example.org/a.csv"


REFUSED = {
    "begin with": [
        "",
        "season.md",
        "//example.org/a",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "gopher://a/1",
        "javascript:alert(1)",
        "data:text/csv,a",
        "https:example.org",
        "https:/example.org/a",
        "httpss://example.org",
    ],
    "name or password": ["http://a@b/", "https://ann:pw@example.org/", "http://@example.org/", "http://a:b@[::1]/"],
    "invisible": [
        "http://a\\b/",
        "http://exa mple.org/",
        " http://example.org/",
        "http://example.org/\t",
        "http://a\n.b/",
        "http://a\x00b/",
        "http://exa\xadmple.org/",
        "http://a\u200bb/",
        "http://a\u202eb/",
        "http://a/\x7f",
    ],
    "no IP address": [
        "http://127.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://127.0.0.01/",
        "http://127.0.0.1.1/",
        "http://0x7f000001/",
        "http://1.2.3.256/",
        "http://a.b.5/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://example.0x/",
    ],
    "no host name|cannot be read": [
        "http:///a",
        "http://",
        "http://example.org./",
        "http://127.0.0.1./",
        "http://a..b/",
        "http://.a/",
        "http://-a.example/",
        "http://a-.example/",
        "http://a%2eb/",
        "http://a,b/",
        "http://*.example/",
        "http://[::1/",
        "http://[::1]a/",
        "http://a[::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::g]/",
        "http://[v1.a]/",
        "http://[127.0.0.1]/",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 126}bc/",
    ],
    "cannot be read": [
        "http://a:99999/",
        "http://a:-1/",
        "http://a:x/",
        "http://a:８０/",
        "http://℀/",
    ],
    "no port 0": ["http://example.org:0/"],
    "longer": [f"http://example.org/{'a' * 8000}"],
}


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_a_spelling_that_readers_could_disagree_on_is_refused(reason: str, text: str) -> None:
    with pytest.raises(Unusable, match=reason):
        read_location(text)


@pytest.mark.parametrize("text", ["https://ann:s3cret@example.org/a", "https://ann:s3cret", "https://a:s3cret@\u2100/"])
def test_a_refusal_does_not_repeat_a_password(text: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_location(text)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("b.md", "https://example.org/group/b.md"),
        ("/b.md", "https://example.org/b.md"),
        ("?v=2", "https://example.org/group/a.md?v=2"),
        ("//other.example/b.md", "https://other.example/b.md"),
        ("https://other.example/b.md", "https://other.example/b.md"),
    ],
)
def test_a_redirection_is_followed_as_a_browser_would(reference: str, url: str) -> None:
    assert read_location("https://example.org/group/a.md?v=1").follow(reference).url == url


@pytest.mark.parametrize(
    "reference", ["http://example.org/a", "file:///etc/passwd", "//a@b/", "\\\\b/", "//127.1/", "//[::1"]
)
def test_a_redirection_that_weakens_or_confuses_is_refused(reference: str) -> None:
    with pytest.raises(Unusable):
        read_location("https://example.org/a").follow(reference)


@given(st.text(alphabet="htps:/@[]%\\?#.0123456789abcdefx-_ é。\t", max_size=40))
@settings(max_examples=300, deadline=None)
def test_what_is_read_is_read_the_same_again(rest: str) -> None:
    try:
        location = read_location(f"http://{rest}")
    except Unusable:
        return
    assert read_location(location.url) == location
    assert location.url.isascii()
    assert location.url.isprintable()
