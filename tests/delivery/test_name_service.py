"""The name service: what is there, what is not, and what cannot be known."""

import pytest

from service.delivery import name_service
from service.delivery.name_service import NameService, Unanswered
from tests.delivery.zone import serve_zone

ZONE = {
    ("example.org", "TXT"): ['"v=spf1 -all"', '"one " "text"'],
    ("mail.example.org", "A"): ["203.0.113.7"],
    ("mail.example.org", "AAAA"): ["2001:db8::7"],
    ("7.113.0.203.in-addr.arpa", "PTR"): ["mail.example.org."],
    ("broken.example.org", "TXT"): ["SERVFAIL"],
    ("silent.example.org", "TXT"): ["SILENCE"],
}


async def test_what_is_there_is_told_with_its_strings_joined() -> None:
    async with serve_zone(ZONE) as resolver:
        names = NameService(resolver)

        assert set(await names.find_texts("example.org")) == {"v=spf1 -all", "one text"}
        assert await names.find_addresses("mail.example.org") == ("203.0.113.7", "2001:db8::7")
        assert await names.find_names("203.0.113.7") == ("mail.example.org",)


async def test_what_is_not_there_is_nothing() -> None:
    async with serve_zone(ZONE) as resolver:
        names = NameService(resolver)

        assert await names.find_texts("mail.example.org") == ()
        assert await names.find_texts("nobody.example.org") == ()
        assert await names.find_addresses("nobody.example.org") == ()


@pytest.mark.parametrize("name", ["broken.example.org", "silent.example.org", f"{'a' * 64}.example.org"])
async def test_what_nobody_says_is_not_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_service, "_PATIENCE_SECONDS", 0.3)
    async with serve_zone(ZONE) as resolver:
        with pytest.raises(Unanswered, match=name):
            await NameService(resolver).find_texts(name)
