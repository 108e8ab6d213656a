"""One question: which machine it goes to, and what that machine gets to see."""

from collections.abc import Sequence

import pytest

from service.sources.dialling import ask, find_addresses
from service.sources.location import read_location
from service.sources.reach import Reach
from service.sources.unusable import Unusable
from tests.sources.conftest import Certificate
from tests.sources.scripted import Names, Question, build_answer, count_visits, reach_loopback, serve

SEASON = b"| Week | Topic |\n"


def say_season(_question: Question) -> bytes:
    return build_answer(SEASON, Content_Type="text/markdown")


async def test_the_name_is_resolved_once_and_its_address_dialled() -> None:
    names = Names(["127.0.0.5"], ["10.0.0.1"])
    async with serve(say_season) as site:
        location = read_location(site.url("/a.md?x=1", host="season.example"))
        answer = await ask(location, {"Accept": "text/markdown"}, reach_loopback(resolve=names))
    assert (answer.status, answer.content, answer.media_type) == (200, SEASON, "text/markdown")
    assert names.asked == ["season.example"]
    assert site.questions[0].target == "/a.md?x=1"
    assert site.questions[0].fields["host"] == f"season.example:{site.port}"


async def test_an_address_that_does_not_answer_gives_way_to_the_next() -> None:
    async with serve(say_season) as site:
        location = read_location(site.url(host="season.example"))
        answer = await ask(location, {}, reach_loopback("127.0.0.0/8", resolve=Names(["127.0.0.1", "127.0.0.2"])))
        assert answer.status == 200
    with pytest.raises(Unusable, match="cannot be reached"):
        await ask(location, {}, reach_loopback(resolve=Names(["127.0.0.1", "127.0.0.2"])))


async def test_one_closed_address_among_open_ones_closes_the_name() -> None:
    reach = reach_loopback("127.0.0.2/32", resolve=Names(["127.0.0.2", "127.0.0.1"]))
    with pytest.raises(Unusable, match=r"season\.example leads to 127\.0\.0\.1"):
        await find_addresses(read_location("http://season.example/"), reach)


async def test_a_closed_address_is_named_once() -> None:
    with pytest.raises(Unusable, match=r"^127\.0\.0\.1, which is not on the public internet"):
        await find_addresses(read_location("http://127.0.0.1/"), Reach())


async def fail(_host: str, _port: int) -> Sequence[str]:
    raise OSError("no such name")


@pytest.mark.parametrize("resolve", [fail, Names([]), Names(["nonsense"])], ids=["fails", "empty", "nonsense"])
async def test_a_name_that_leads_nowhere_is_said_to(resolve: Names) -> None:
    with pytest.raises(Unusable, match=r"no host season\.example"):
        await find_addresses(read_location("http://season.example/"), reach_loopback(resolve=resolve))


async def test_tls_speaks_to_the_name_and_not_to_the_address(certificate: Certificate) -> None:
    greeted: list[str | None] = []
    tls = certificate.serve()
    tls.sni_callback = lambda _socket, name, _context: greeted.append(name)
    async with serve(say_season, tls) as site:
        reach = reach_loopback(resolve=Names(["127.0.0.3"]), trust=certificate.trust)
        answer = await ask(read_location(site.url(host="season.example", scheme="https")), {}, reach)
    assert answer.content == SEASON
    assert greeted == ["season.example"]
    assert site.questions[0].fields["host"] == f"season.example:{site.port}"


async def test_tls_speaks_to_an_address_where_there_is_no_name(certificate: Certificate) -> None:
    async with serve(say_season, certificate.serve()) as site:
        answer = await ask(read_location(site.url(scheme="https")), {}, reach_loopback(trust=certificate.trust))
    assert answer.content == SEASON


async def test_a_certificate_of_another_name_is_not_believed(certificate: Certificate) -> None:
    async with serve(say_season, certificate.serve()) as site:
        reach = reach_loopback(resolve=Names(["127.0.0.1"]), trust=certificate.trust)
        with pytest.raises(Unusable, match="does not prove"):
            await ask(read_location(site.url(host="other.example", scheme="https")), {}, reach)
    assert not site.questions


async def test_a_stranger_s_certificate_is_not_believed(certificate: Certificate) -> None:
    async with serve(say_season, certificate.serve()) as site:
        with pytest.raises(Unusable, match="does not prove"):
            await ask(read_location(site.url(scheme="https")), {}, reach_loopback())
    assert not site.questions


async def test_a_handshake_that_never_comes_is_given_up(certificate: Certificate) -> None:
    with count_visits() as visits:
        location = read_location(f"https://127.0.0.1:{visits.port}/a.md")
        with pytest.raises(Unusable, match="cannot be reached"):
            await ask(location, {}, reach_loopback(connect_seconds=0.2, trust=certificate.trust))
    assert visits.count == 1


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with count_visits() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with serve(say_season) as site:
            await ask(read_location(site.url()), {}, reach_loopback())
    assert len(site.questions) == 1
    assert proxy.count == 0


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
async def test_an_answer_that_is_broken_off_is_no_document(said: bytes) -> None:
    async with serve(lambda _question: said) as site:
        with pytest.raises(Unusable, match="broke off"):
            await ask(read_location(site.url()), {}, reach_loopback())
