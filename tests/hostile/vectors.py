"""Words that would like to be markup or scripts: every way out of a text, times every way to run something."""

from itertools import product
from typing import Final

__all__ = ["ADDRESSES", "HIT", "VECTORS", "write_document"]

HIT: Final = "window.__hit=1"
"""What every vector tries to run."""

_WAYS_OUT: Final = (
    "",
    '">',
    "'>",
    '"/>',
    "</script>",
    "</style>",
    "</title>",
    "</textarea>",
    "-->",
    "]]>",
    "&quot;&gt;",
    "&#34;&#62;",
    "%22%3E",
    "\\u003e",
    "\\x22>",
    "${",
    "{{",
    "`",
    "</option></select>",
    "</time></a>",
    "</code>",
    "</iframe>",
    "\">'>",
    "</noscript>",
    "</template>",
    "</svg>",
    "</math>",
    "</xmp>",
    "</object>",
    "</p></div>",
    "]]&gt;",
    "<!--",
    '\\"',
    "\\",
    "`\"'",
    "*_~",
    "[",
    "![](",
)
_MARKUP: Final = (
    "<script>{}</script>",
    "<script src=data:,{}></script>",
    "<ScRiPt>{}</sCrIpT>",
    "<img src=x onerror={}>",
    "<img src=x onerror=&#119;indow.__hit=1>",
    "<svg onload={}>",
    "<svg/onload={}//",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<math><mtext><script>{}</script></mtext></math>",
    "<body onload={}>",
    "<video src=x onerror={}>",
    "<audio src onerror={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<textarea autofocus onfocus={}>",
    '<iframe srcdoc="<script>parent.{}</script>"></iframe>',
    "<iframe src=javascript:parent.{}></iframe>",
    "<object data=javascript:{}></object>",
    "<embed src=javascript:{}>",
    "<a href=javascript:{} autofocus>x</a>",
    "<form action=javascript:{}><button autofocus>x</button></form>",
    "<base href=javascript:{}//>",
    "<meta http-equiv=refresh content=0;url=javascript:{}>",
    "<link rel=stylesheet href=data:text/css,*{{}}>",
    "<style>@import 'data:text/css,';*{{x:expression({})}}</style>",
    "<marquee onstart={}>x</marquee>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'></noscript>",
    "<xmp><script>{}</script>",
    "<isindex action=javascript:{}>",
    "<x onclick={} style=position:fixed;inset:0>x</x>",
    '" autofocus onfocus={} x="',
    "' onmouseover={} '",
    "<![CDATA[<script>{}</script>]]>",
    "<?xml-stylesheet href='{}'?>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "\uff1cscript\uff1e{}\uff1c/script\uff1e",
    "[x](javascript:{})",
    '![x](x "onerror={}")',
    "<javascript:{}>",
    "{{{{ 7*7 }}}}{}",
    "{{% raw %}}{}",
    "${{{}}}",
    "javascript:{}",
)
VECTORS: Final = tuple(
    dict.fromkeys(
        out + (inside.format(HIT) if "{}" in inside else inside) for out, inside in product(_WAYS_OUT, _MARKUP)
    )
)
"""Texts for every place where words stand."""

_SCHEMES: Final = (
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    "\x01javascript:",
    " javascript:",
    "javascript&colon;",
    "vbscript:",
    "&#106;avascript:",
    "data:text/html,<script>parent.{}</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "blob:x",
    "file:///etc/passwd",
    "view-source:javascript:",
    "feed:javascript:",
    "jar:javascript:",
    "intent://x#Intent;end",
    "//evil.example.com/",
    "///evil.example.com/",
    "\\\\evil.example.com\\",
    "https:evil.example.com",
    "http:/\\evil.example.com",
    "https://user:word@evil.example.com/",
    'https://x.example.com/"onmouseover={}//',
    "https://x.example.com/'onerror={}//",
    "https://x.example.com/><script>{}</script>",
    "ftp://x.example.com/",
    "tel:1",
    "sms:1",
    "mailto:a@example.org?bcc=v@example.org",
)
ADDRESSES: Final = tuple(
    scheme.replace("{}", HIT) + end for scheme, end in product(_SCHEMES, ("", HIT, f"%0a{HIT}", "#x"))
)
"""Links that lead nowhere good, or look like it."""


def write_document() -> str:
    """A schedule whose every word is a vector, as an organiser's compromised account might write it."""
    rows = []
    for number, vector in enumerate(VECTORS):
        speaker, address = VECTORS[-1 - number], ADDRESSES[number % len(ADDRESSES)]
        cells = (f"{vector} end", speaker, f"[{vector}]({address}) {address}")
        day = f"{2031 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        rows.append(f"| {number + 1} | {day} | " + " | ".join(map(_write_cell, cells)) + " |")
    title = f"# {VECTORS[3]}"
    return "\n".join([title, "", "| No | Date | Topic | Speaker | Link |", "|---|---|---|---|---|", *rows, ""])


def _write_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
