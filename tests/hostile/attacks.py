"""Hostile requests of many families, drawn by a seed: what scanners, broken programs and attackers send."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_from_bytes, urlencode

from tests.hostile.raw import Attack

__all__ = ["MARKER", "Site", "draw_attacks"]

MARKER = "zq7hostile"
"""Stands in everything that is sent: where it turns up afterwards, something was kept."""

_METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "MKCALENDAR",
    "REPORT",
    "COPY",
    "MOVE",
    "LOCK",
    "SEARCH",
    "PURGE",
    "BREW",
    "get",
    "G\x00ET",
    "",
    "M" * 300,
)
_SAFE = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND", "REPORT", "TRACE")
_TRAVERSALS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..\\",
    "..%5c",
    "%252e%252e%252f",
    "..%c0%af",
    "..;/",
    "/.../",
    "./",
    "%00",
    "%0d%0aX-Evil:%20" + MARKER,
    "%ff%fe",
    "%u002e",
    "%",
    "%zz",
    "//",
    "\\",
    "%20",
    "%09",
    "%e2%80%ae",
    "~",
    "*",
)
_ODD = (
    "",
    " ",
    "\x00",
    "\t",
    "é",
    "\u202e",
    "\ud55c\uae00",
    "'",
    '"',
    "<script>",
    "' OR 1=1--",
    "1; DROP TABLE participants",
    "${7*7}",
    "{{7*7}}",
    "%(x)s",
    "../../etc/passwd",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "-1",
    "1e999",
    "NaN",
    "null",
    "0x10",
    "9" * 400,
    "a" * 3000,
    "=",
    "&",
    ",",
    ";",
    "\r\nX-Evil: 1",
    MARKER,
)
_HOSTS = (
    f"{MARKER}.example.com",
    "",
    " ",
    "127.0.0.1:99999",
    "127.0.0.1:x",
    "user@127.0.0.1",
    "127.0.0.1/evil",
    "[::1",
    "127.0.0.1\x00",
    "127.0.0.1, evil.example.com",
    "localhost.evil.example.com",
    "%31%32%37.0.0.1",
    "evil.example.com:80",
    "0x7f.1",
    "127.1",
    "[::ffff:127.0.0.1]",
    "127.0.0.1\\@evil.example.com",
    "\xff\xfe",
    "a" * 5000,
)


@dataclass(frozen=True, slots=True)
class Site:
    """What is attacked: its `host`, and the `paths` that lead to something, links of participants among them."""

    host: str
    paths: Sequence[str]
    links: Sequence[str]
    form: str


def draw_attacks(site: Site, dice: Random, count: int) -> Iterator[Attack]:
    """So many attacks, of every family."""
    families: tuple[Callable[[Site, Random], bytes], ...] = (
        _request_line,
        _target,
        _method,
        _host,
        _forwarded,
        _header,
        _long_head,
        _smuggled,
        _chunked,
        _query,
        _query,
        _form,
        _body,
        _pipeline,
        _mutation,
        _link,
    )
    for number in range(count):
        family = families[number % len(families)]
        yield Attack(family.__name__.strip("_"), family(site, dice))


def _request(
    site: Site, method: str, target: str | bytes, *fields: str | bytes, host: str | None = None, body: bytes = b""
) -> bytes:
    """A request with these fields besides Host; what is no ASCII is sent as UTF-8."""
    head = [
        _encode(f"{method} ") + _encode(target) + b" HTTP/1.1",
        _encode(f"Host: {site.host if host is None else host}"),
    ]
    head += [_encode(field) for field in fields]
    if body and not any(b"content-length" in field.lower() or b"transfer-encoding" in field.lower() for field in head):
        head.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join([*head, b"Connection: close", b"", b""]) + body


def _encode(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _junk(dice: Random, most: int = 40) -> bytes:
    return dice.randbytes(dice.randrange(1, most))


def _request_line(site: Site, dice: Random) -> bytes:
    path = dice.choice(site.paths)
    rest = f"\r\nHost: {site.host}\r\n\r\n".encode()
    lines = (
        f"GET {path}",
        f"GET {path} ",
        f"GET  {path}  HTTP/1.1",
        f"GET\t{path}\tHTTP/1.1",
        f"GET {path} HTTP/9.9",
        f"GET {path} HTTP/1.2",
        f"GET {path} HTTP/0.9",
        f"GET {path} HTTP/2.0",
        f"GET {path} HTTP/1.1 HTTP/1.1",
        f"GET {path} http/1.1",
        f"GET {path} HTTPS/1.1",
        f"GET {path} HTTP/1.0",
        f"GET {path} HTTP/11",
        " GET / HTTP/1.1",
        f"GET {path}\x00 HTTP/1.1",
        "PRI * HTTP/2.0\r\n\r\nSM",
        "\r\n\r\n\r\nGET / HTTP/1.1",
        "GET",
        "\x16\x03\x01\x02\x00",
        f"GET {path}#{MARKER} HTTP/1.1",
        f"GET {path} HTTP/1.1\rHost: x",
        f"GET /{'a' * dice.randrange(20_000)} HTTP/1.1",
    )
    line = _encode(dice.choice(lines))
    return dice.choice((line + rest, line + b"\n\n", _junk(dice, 200) + b"\r\n\r\n", line + _junk(dice) + rest))


def _target(site: Site, dice: Random) -> bytes:
    path = dice.choice(site.paths)
    trick = "".join(dice.choice(_TRAVERSALS) for _ in range(dice.randrange(1, 6)))
    targets = (
        f"/{trick}etc/passwd",
        f"{path}/{trick}{MARKER}",
        f"{path}{trick}",
        f"/static/{trick}{MARKER}.css",
        f"/{trick}.ics",
        f"/{trick}/{trick}.ics",
        f"//{MARKER}.example.com{path}",
        f"http://{MARKER}.example.com{path}",
        f"{MARKER}:80",
        "*",
        f"https://{site.host}{path}",
        f"/\\{MARKER}",
        f"/{quote(MARKER)}/{'x/' * 200}",
        f"/me/{trick}.ics",
        f"?{trick}",
        f"/confirm/{trick}",
        f"/mailbox/{trick}",
        f"{path};{MARKER}=1",
        f"/{'%41' * dice.randrange(900)}",
        path.upper(),
        f"{path}/",
        f"{path}.ics.ics",
        f"{path}%00.ics",
        f"javascript:{MARKER}",
        f"{path}\u2028",
        f"/{MARKER}.json",
    )
    raw = dice.choice((_encode(dice.choice(targets)), b"/" + _junk(dice) + b".ics"))
    return _request(site, dice.choice(("GET", "GET", "HEAD", "POST", "PROPFIND")), raw)


def _method(site: Site, dice: Random) -> bytes:
    body = dice.choice((b"", b"", f"<x>{MARKER}</x>".encode()))
    return _request(site, dice.choice(_METHODS), dice.choice(site.paths), body=body)


def _host(site: Site, dice: Random) -> bytes:
    path, host = dice.choice(site.paths), dice.choice(_HOSTS)
    if dice.random() < 0.2:
        return _request(site, "GET", path, f"Host: {host}", host=dice.choice((None, host)))
    return _request(site, "GET", path, host=host)


def _forwarded(site: Site, dice: Random) -> bytes:
    evil = f"{MARKER}.example.com"
    fields = (
        f"X-Forwarded-Host: {evil}",
        "X-Forwarded-Proto: javascript",
        "X-Forwarded-For: " + ",".join(["8.8.8.8"] * 200),
        f"X-Forwarded-For: {dice.choice(_ODD)}",
        f'Forwarded: for="_{MARKER}";host={evil};proto=https',
        f"X-Host: {evil}",
        f"X-Forwarded-Server: {evil}",
        f"X-Original-URL: /{MARKER}",
        f"X-Rewrite-URL: /{MARKER}",
        "X-Forwarded-Port: -1",
        f"Origin: https://{evil}",
        "Origin: null",
        f"Referer: https://{evil}/",
        "X-HTTP-Method-Override: DELETE",
        "X-Forwarded-Prefix: //" + evil,
        "Sec-Fetch-Site: cross-site",
        f"Via: 1.1 {evil}",
        "X-Real-IP: ::::",
    )
    method = dice.choice(("GET", "GET", "POST"))
    return _request(site, method, dice.choice(site.paths), *dice.sample(fields, dice.randrange(1, 6)))


def _header(site: Site, dice: Random) -> bytes:
    odd = dice.choice(_ODD)
    fields = (
        f"If-None-Match: {odd}",
        'If-None-Match: W/"' + "x" * 3000,
        "If-None-Match: " + '"a",' * 900,
        f"If-Modified-Since: {odd}",
        "If-Modified-Since: Fri, 31 Feb 99999 25:61:61 GMT",
        f"Accept-Encoding: {odd}",
        "Accept-Encoding: gzip;q=9,*;q=-1,br;q=x",
        f"Accept-Language: {odd}",
        "Accept-Language: " + "en-US;q=0.1," * 300,
        "Accept-Language: *;q=1e400,ko;q=nan",
        f"Range: bytes={odd}",
        "Range: bytes=" + "0-," * 900,
        "Expect: 100-continue",
        "Expect: 200-maybe",
        f"Cookie: {odd}",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AA==\r\nSec-WebSocket-Version: 13",
        "TE: trailers",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        f"User-Agent: {odd}",
        f"Authorization: Basic {odd}",
        "Depth: infinity",
        "Content-Type: text/html; charset=utf-7",
        f"X-{MARKER}: {odd}",
        f" folded: {MARKER}",
        f"X-Folded: a\r\n {MARKER}",
        f"Bad Name: {MARKER}",
        f"X-Colon : {MARKER}",
        ": nothing",
        "nothing",
        f"X-Nul: a\x00{MARKER}",
        f"X-Cr: a\r{MARKER}",
        "X-Lf: a\nHost: evil.example.com",
        f"{'N' * 3000}: 1",
        "Max-Forwards: -1",
    )
    chosen = [_encode(field) for field in dice.sample(fields, dice.randrange(1, 5))]
    if dice.random() < 0.2:
        chosen.append(b"X-Junk: " + _junk(dice, 100))
    return _request(site, dice.choice(("GET", "GET", "GET", "HEAD", "OPTIONS")), dice.choice(site.paths), *chosen)


def _long_head(site: Site, dice: Random) -> bytes:
    path = dice.choice(site.paths)
    size = dice.choice((8_000, 17_000, 40_000, 70_000))
    kinds = (
        lambda: _request(site, "GET", path, f"X-Long: {MARKER}{'a' * size}"),
        lambda: _request(site, "GET", path, *(f"X-{n}: {MARKER}" for n in range(size // 20))),
        lambda: _request(site, "GET", f"{path}?{MARKER}={'a' * size}"),
        lambda: _request(site, "GET", f"{path}/{'a' * size}"),
        lambda: _request(site, "GET", path, f"Cookie: {'a=b; ' * (size // 5)}"),
        lambda: _request(site, "M" * size, path),
        lambda: f"GET {path} HTTP/1.1\r\nX: {'a' * size}".encode(),
    )
    return dice.choice(kinds)()


def _smuggled(site: Site, dice: Random) -> bytes:
    hidden = f"GET /{MARKER} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode()
    kinds: tuple[tuple[str, ...], ...] = (
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5, 6",),
        ("Content-Length: -1",),
        ("Content-Length: +5",),
        ("Content-Length: 0x10",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 5 ",),
        ("Content-Length:",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: identity, chunked",),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding:\tchunked",),
        ("Transfer-Encoding: chunked\r\n x",),
        ("X: y\r\nTransfer-Encoding: chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: \x0bchunked",),
        ("Content-Length: 0", "\tContent-Length: 60"),
        ("Content-Length: 1_0",),
    )
    body = dice.choice((b"0\r\n\r\n" + hidden, b"5\r\nabcde\r\n0\r\n\r\n" + hidden, hidden, b"abcd" + hidden))
    return _request(site, dice.choice(("POST", "GET")), dice.choice(site.paths), *dice.choice(kinds), body=body)


def _chunked(site: Site, dice: Random) -> bytes:
    bodies = (
        b"z\r\nabc\r\n0\r\n\r\n",
        b"-5\r\nabc\r\n0\r\n\r\n",
        b"ffffffffffffffffffff\r\nabc",
        b"5\r\nabcdefg\r\n0\r\n\r\n",
        b"5;" + b"x" * 5000 + b"\r\nabcde\r\n0\r\n\r\n",
        b"5\nabcde\n0\n\n",
        b"0\r\nTrailer: x\r\nHost: evil\r\n\r\n",
        b"5",
        b"1\r\na\r\n" * 3000 + b"0\r\n\r\n",
        b"0x5\r\nabcde\r\n0\r\n\r\n",
        b" 5\r\nabcde\r\n0\r\n\r\n",
        b"4000\r\n" + b"a" * 20_000,
    )
    kind = "Content-Type: application/x-www-form-urlencoded"
    return _request(site, "POST", dice.choice(site.paths), kind, "Transfer-Encoding: chunked", body=dice.choice(bodies))


def _query(site: Site, dice: Random) -> bytes:
    keys = ("type", "speaker", "alarm", "cancelled", "lang", "tz", "limit", "after", "before", "q", MARKER, "")
    known = ("Hana", "30m", "mine", "mark", "status", "omit", "ko", "Asia/Seoul", "UTC", "1h,1d,1w", "999w")
    pairs = [(dice.choice(keys), dice.choice((*known, *_ODD))) for _ in range(dice.choice((1, 2, 5, 60, 400)))]
    text = dice.choice(
        (
            urlencode(pairs, errors="surrogatepass")[:100_000],
            "&".join(f"{key}={value}" for key, value in pairs).replace(" ", "+").replace("\r\n", "%0d%0a"),
            "&" * dice.randrange(5000),
            f"{dice.choice(keys)}=" + quote_from_bytes(_junk(dice, 300)),
            f"{dice.choice(keys)}[]={MARKER}&{dice.choice(keys)}[$ne]=1",
            f"lang={dice.choice(_ODD)}".replace(" ", "").replace("\r\n", ""),
            "type=" + "%ff" * dice.randrange(2000),
        )
    )
    ends = ("", ".ics", "/download.ics", ".json", ".atom", "/subscribe")
    path = dice.choice((*site.paths, *(f"/season{end}" for end in ends)))
    return _request(site, dice.choice(("GET", "GET", "GET", "HEAD", "POST")), f"{path}?{text}")


def _form(site: Site, dice: Random) -> bytes:
    """A form that anybody may send, with nothing in it that may be taken: no address is one."""
    fields = [
        ("form", dice.choice((site.form, *_ODD))),
        (
            "email",
            dice.choice((*_ODD, f"{MARKER}@", f"{MARKER}@x\r\nBcc: v@example.org", f'"{MARKER} x"@example.org', "@b")),
        ),
        ("name", f"{MARKER}{dice.choice(_ODD)}"),
        ("language", dice.choice(_ODD)),
        ("timezone", dice.choice(("UTC", *_ODD))),
        (dice.choice(("homepage", "lead", "more", "state", "id", "generation", "answer", "key")), dice.choice(_ODD)),
    ]
    dice.shuffle(fields)
    kind = dice.choice(
        ("application/x-www-form-urlencoded",) * 6 + ("application/x-www-form-urlencoded; charset=utf-16", "")
    )
    paths = [path for path in site.paths if path not in site.links]
    body = urlencode(fields * dice.choice((1, 1, 1, 20)), errors="surrogatepass").encode()
    return _request(
        site, "POST", dice.choice(("/season/participants", dice.choice(paths))), f"Content-Type: {kind}", body=body
    )


def _body(site: Site, dice: Random) -> bytes:
    kinds = (
        ("application/json", b'{"email": "' + MARKER.encode() + b'@example.org"}'),
        ("text/plain", b'{"email":"a@example.org"}'),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * dice.choice((16_000, 17_000, 90_000))),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 3000)),
        ("application/x-www-form-urlencoded", _junk(dice, 2000)),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=" + "b" * 3000, b"--b" * 2000),
        ("text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        ("", _junk(dice, 500)),
    )
    kind, body = dice.choice(kinds)
    encoding = dice.choice(((), (), ("Content-Encoding: gzip",)))
    paths = [path for path in site.paths if path not in site.links]
    return _request(
        site,
        dice.choice(("POST", "POST", "PUT", "PATCH")),
        dice.choice(("/season/participants", dice.choice(paths))),
        f"Content-Type: {kind}",
        *encoding,
        body=body,
    )


def _pipeline(site: Site, dice: Random) -> bytes:
    methods = dice.choices(("GET", "HEAD", "OPTIONS"), k=dice.randrange(2, 20))
    lines = [f"{method} {dice.choice(site.paths)} HTTP/1.1\r\nHost: {site.host}\r\n\r\n" for method in methods]
    return "".join(lines).encode() + _target(site, dice)


def _mutation(site: Site, dice: Random) -> bytes:
    data = bytearray(
        _request(site, "GET", dice.choice(site.paths) + "?lang=ko", "Accept-Encoding: gzip", 'If-None-Match: "x"')
    )
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(data))
        change = dice.randrange(3)
        if change == 0:
            data[place] = dice.randrange(256)
        elif change == 1:
            data[place:place] = data[max(place - 9, 0) : place]
        else:
            del data[place : place + dice.randrange(1, 6)]
    return bytes(data)


def _link(site: Site, dice: Random) -> bytes:
    """Somebody's own link, followed by programs in every way that must not change anything."""
    fields = ("Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "X-Moz: prefetch", "User-Agent: link scanner")
    return _request(site, dice.choice(_SAFE), dice.choice(site.links), dice.choice(fields))
