"""Addresses that try to make this machine talk to itself or to its neighbours: nobody hears a single connection.

Every name here leads to loopback, and a listener on all of this machine's addresses counts who comes. 127.7.7.7 plays
the public internet.
"""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

import pytest

from service.sources.reach import Reach
from service.sources.reading import SourceTrouble
from service.sources.url import UrlSource
from tests.sources.scripted import Names, build_answer, count_visits, reach_loopback, serve

LOOPBACK_SPELLINGS = """
127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 0 0.0.0.0 0.0.0.1 2130706433 017700000001 0x7f000001 0x7f.1
0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1 127.0.0.01 127.0.0.1. 127.000.000.001 00127.0.0.1 127.0.0.0x1 0X7F.0.0.1
4294967295 340282366920938463463374607431768211455 127.0.0.1.1 256.0.0.1 127.0.0.257
[::1] [::] [0:0:0:0:0:0:0:1] [0000::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1]
[0:0:0:0:0:ffff:127.0.0.1] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::127.0.0.1]
[2002:7f00:1::] [2002:7f00:0001::1] [2001:0:7f00:1::] [::1%25lo] [::1%lo] [fe80::1%25eth0] [v1.::1] [127.0.0.1]
[::1]example.org example.org[::1] [::1 ::1 [::1]]
localhost LOCALHOST localhost. localhost.localdomain ip6-localhost loopback.example 127.0.0.1.nip.example
%31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0.1%00.example.org 127.0.0.1%23.example.org localhost%2f
１２７.0.0.1 127。0。0。1 127｡0｡0｡1 ①②⑦.⓪.⓪.① ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ｌｏｃａｌｈｏｓｔ locaIhost lоcalhost
"""

NEIGHBOURS = """
10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1.254 100.64.0.1 100.127.255.255
169.254.169.254 169.254.170.2 100.100.100.200 192.0.0.192 168.63.129.16 198.18.0.1 192.0.2.1 198.51.100.1
203.0.113.1 224.0.0.251 239.255.255.250 240.0.0.1 255.255.255.255 0.0.0.0
[fd00:ec2::254] [fe80::a9fe:a9fe] [fc00::1] [fec0::1] [ff02::1] [ff0e::fb] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
[64:ff9b::10.0.0.1] [64:ff9b::a9fe:a9fe] [2002:a00:1::] [2002:a9fe:a9fe::1] [2001:db8::1] [100::1] [3fff::1] [5f00::1]
"""

AUTHORITIES = [
    "example.org@127.0.0.1:{port}",
    "example.org:80@127.0.0.1:{port}",
    "example.org%40127.0.0.1:{port}",
    "127.0.0.1:{port}@example.org",
    "127.0.0.1:{port}#@example.org",
    "127.0.0.1:{port}?@example.org",
    "127.0.0.1:{port}\\@example.org",
    "example.org\\@127.0.0.1:{port}",
    "example.org\\127.0.0.1:{port}",
    "127.0.0.1:{port}:80",
    "127.0.0.1: {port}",
    "127.0.0.1\t:{port}",
    "127.0.0.1\r\nHost: example.org:{port}",
    "127.0.0.1\x00.example.org:{port}",
    "exa\u00admple.org:{port}",
    "example.org\u2044@127.0.0.1:{port}",
    "\u200b127.0.0.1:{port}",
]

SCHEMES = [
    "file://",
    "file://localhost",
    "ftp://",
    "gopher://",
    "dict://",
    "ldap://",
    "ws://",
    "jar:http://",
    "unix://",
]
SCHEMES += [
    "http:",
    "http:/",
    "http:///",
    "https:///",
    "//",
    "",
    "HTTP:\\\\",
    "http:\\\\",
    " http://",
    "http ://",
    "url:http://",
]

URLS = [f"http://{host}:{{port}}/a.md" for host in (LOOPBACK_SPELLINGS + NEIGHBOURS).split()]
URLS += [f"https://{host}:{{port}}/a.md" for host in ("127.0.0.1", "[::1]", "localhost", "127.1", "[::ffff:127.0.0.1]")]
URLS += [f"http://{authority}/a.md" for authority in AUTHORITIES]
URLS += [f"{scheme}127.0.0.1:{{port}}/a.md" for scheme in SCHEMES]

ANSWERS: list[Sequence[str]] = [
    ["127.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::"],
    ["0.0.0.0"],
    ["::"],
    ["169.254.169.254"],
    ["100.64.0.1"],
    ["10.0.0.1"],
    ["fd00::1"],
    ["fe80::1%lo"],
    ["127.7.7.7", "127.0.0.1"],
    ["127.0.0.1", "127.7.7.7"],
    ["127.7.7.7", "::1"],
    ["127.7.7.7", "::ffff:127.0.0.1"],
    ["127.7.7.7"] * 8 + ["127.0.0.1"],
    ["2606:4700::1111", "127.0.0.1"],
    ["127.1"],
    ["0x7f.1"],
    ["localhost"],
    [""],
    [],
]

DIRECTIONS = [url for url in URLS if url.startswith(("http", "file", "gopher", "//")) and "\r" not in url]


async def read_all(url: str, reach: Reach, times: int = 1) -> None:
    """Read an address several times, whatever comes of it."""
    now = [0.0]
    with suppress(SourceTrouble):
        source = UrlSource(url, reach=reach, clock=lambda: now[0])
        for _ in range(times):
            with suppress(SourceTrouble):
                assert await source.read() is None
            now[0] += 10**6


async def test_the_listener_hears_those_who_are_let_in() -> None:
    with count_visits() as visits:
        reach = reach_loopback(seconds=0.2, resolve=Names(["127.0.0.1"]))
        await read_all(f"http://localhost:{visits.port}/a.md", reach, times=2)
    assert visits.count == 2


@pytest.mark.parametrize("url", URLS)
async def test_no_spelling_reaches_this_machine_or_its_neighbours(url: str) -> None:
    with count_visits() as visits:
        # A resolver more willing than any: whatever is spelled like a name is loopback.
        await read_all(url.format(port=visits.port), Reach(seconds=1, resolve=Names(["127.0.0.1"])))
    assert visits.count == 0


@pytest.mark.parametrize("answer", ANSWERS, ids=",".join)
async def test_no_answer_of_the_dns_leads_inside(answer: Sequence[str]) -> None:
    names = Names(answer)
    with count_visits() as visits:
        reach = reach_loopback("127.7.7.7/32", seconds=1, resolve=names)
        await read_all(f"http://season.example:{visits.port}/a.md", reach)
    assert visits.count == 0
    assert names.asked == ["season.example"]


async def test_a_name_that_changes_its_meaning_is_asked_only_once_for_each_question() -> None:
    names = Names(["127.7.7.7"], ["127.0.0.1"], ["127.7.7.7"], ["127.0.0.1"])
    with count_visits() as visits:
        reach = reach_loopback("127.7.7.7/32", seconds=0.2, resolve=names)
        await read_all(f"http://season.example:{visits.port}/a.md", reach, times=4)
    assert names.asked == ["season.example"] * 4
    assert visits.count == 2


@pytest.mark.parametrize("direction", DIRECTIONS)
async def test_no_redirection_leads_inside(direction: str) -> None:
    with count_visits() as visits:
        where = quote(direction.format(port=visits.port), safe="".join(map(chr, range(33, 127))) + "\u200b")
        said = build_answer(status="302 Found", Location=where)
        async with serve(lambda _question: said) as site:
            names = Names(["127.7.7.7"], ["127.0.0.1"])
            reach = reach_loopback("127.7.7.7/32", seconds=1, resolve=names)
            await read_all(site.url(host="outside.example"), reach)
            assert len(site.questions) == 1
    assert visits.count == 0
