from pathlib import Path

import pytest

from service.messages.proof import print_proofs, proof_addressee
from tests.messages.golden import DATA, NOW, SERIES, make_stationery, print_mails

MAILS = dict(print_mails())
LARGEST = 80 * 1024


def test_every_mail_is_on_file_and_no_file_is_stale() -> None:
    on_file = {path.name for path in DATA.iterdir()}

    assert set(MAILS) == on_file


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_a_mail_reads_as_the_one_on_file(path: Path) -> None:
    assert path.read_text("utf-8") == MAILS[path.name]


def test_every_kind_is_shown_in_every_language() -> None:
    stationery = make_stationery()

    shown = {(proof.name, proof.language) for proof in print_proofs(stationery, SERIES, now=NOW)}

    assert {name for name, _ in shown} == {
        "reminder",
        "reminder-speaker",
        "notice-moved",
        "notice-cancelled",
        "notice-restored",
        "notice-moved-invited",
        "invitation",
        "invitation-update",
        "confirmation",
        "known",
        "welcome",
        "digest",
        "source-broken",
        "source-waits",
        "source-healed",
        "sending-stopped",
        "sending-held",
        "sending-resumed",
        "sending-recovered",
        "sign-up-flood",
        "row-incomplete",
        "weekly-report",
    }
    assert len(shown) == len({name for name, _ in shown}) * len(stationery.languages)


def test_no_mail_is_so_large_that_gmail_clips_it() -> None:
    addressee = proof_addressee("https://bell.example.org")

    sizes = [
        len(proof.letter.address(addressee, sent_at=NOW)) for proof in print_proofs(make_stationery(), SERIES, now=NOW)
    ]

    assert max(sizes) < LARGEST


@pytest.mark.parametrize("name", [name for name in MAILS if name.endswith(".html")])
def test_html_carries_its_styles_and_loads_nothing(name: str) -> None:
    html = MAILS[name]

    assert 'style="' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert not any(word in html.lower() for word in ("<img", "<script", "<link", "url(", "#000000", "#ffffff", "#fff;"))


@pytest.mark.parametrize("name", [name for name in MAILS if name.endswith(".html")])
def test_text_tells_every_address_that_html_does(name: str) -> None:
    addresses = {part.partition('"')[0] for part in MAILS[name].split('href="')[1:]}

    assert not {address for address in addresses if address not in MAILS[name.replace(".html", ".txt")]}
