"""Records: keys, policies and names as they are found in the world, and what receivers make of them."""

import pytest

from service.delivery.records import judge_dmarc, judge_key, judge_name, list_dmarc_names, write_record
from service.delivery.signing_key import SigningKey

KEY = SigningKey("s1", "rsa", "MIIBIjANBg==", lambda data: data)
ORG = "example.org"


@pytest.mark.parametrize(
    "record",
    [
        KEY.record,
        "v=DKIM1;k=rsa;p=MIIBIjANBg==;",
        "p=MIIBIjANBg==",
        "v=DKIM1; h=sha1:sha256; k=RSA; s=email; t=s; n=a note; p=MIIB IjAN\tBg==",
        "k=rsa; v=DKIM1; p=MIIBIjANBg==",
    ],
)
def test_a_record_with_the_public_half_is_sound(record: str) -> None:
    assert judge_key(["unrelated text", record], KEY).fault == ""


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "is not in DNS"),
        (["v=spf1 -all"], "is not in DNS"),
        (["v=DKIM1; k=rsa; MIIBIjANBg=="], "is not in DNS"),
        ([KEY.record, KEY.record], "several keys"),
        (["v=DKIM1; k=rsa; p="], "revoked"),
        (["v=DKIM1; k=rsa; p=MIIBIjANBgX="], "another key"),
        (["v=DKIM1; k=ed25519; p=MIIBIjANBg=="], "another key"),
        (["v=DKIM2; k=rsa; p=MIIBIjANBg=="], "another key"),
        (["v=DKIM1; h=sha1; p=MIIBIjANBg=="], "forbids SHA-256"),
        (["v=DKIM1; s=tlsrpt; p=MIIBIjANBg=="], "not for mail"),
    ],
)
def test_a_record_by_which_no_signature_holds_is_broken(records: list[str], words: str) -> None:
    opinion = judge_key(records, KEY)

    assert opinion.is_broken
    assert words in opinion.fault


def test_a_key_that_is_only_tried_out_is_told() -> None:
    opinion = judge_key([f"{KEY.record}; t=y:s"], KEY)

    assert (opinion.is_broken, "t=y" in opinion.fault) == (False, True)


def test_a_policy_stands_at_the_domain_or_above_it() -> None:
    assert list_dmarc_names("a.lists.example.org") == [
        "_dmarc.a.lists.example.org", "_dmarc.lists.example.org", "_dmarc.example.org",
    ]  # fmt: skip
    assert list_dmarc_names("localhost") == ["_dmarc.localhost"]


@pytest.mark.parametrize(
    ("domain", "found", "words"),
    [
        (ORG, {"_dmarc.example.org": ["v=DMARC1; p=none; rua=mailto:x@example.org"]}, "_dmarc.example.org says none"),
        (ORG, {"_dmarc.example.org": ["other", "v=DMARC1;p=Reject;pct=20;fo=1"]}, "_dmarc.example.org says reject"),
        ("a.example.org", {"_dmarc.example.org": ["v=DMARC1; p=reject; sp=none"]}, "_dmarc.example.org says none"),
        ("a.example.org", {"_dmarc.example.org": ["v=DMARC1; p=quarantine"]}, "_dmarc.example.org says quarantine"),
        (
            "a.example.org",
            {"_dmarc.a.example.org": ["v=DMARC1; p=none; sp=reject"], "_dmarc.example.org": ["v=DMARC1; p=reject"]},
            "_dmarc.a.example.org says none",
        ),
    ],
)
def test_a_policy_is_read(domain: str, found: dict[str, list[str]], words: str) -> None:
    assert judge_dmarc(domain, found, signs=True).words == words


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "there is no policy"),
        (["v=spf1 -all"], "there is no policy"),
        (["v=DMARC2; p=none"], "there is no policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "several policies"),
        (["v=DMARC1"], 'says p=""'),
        (["v=DMARC1; p=monitor"], 'says p="monitor"'),
    ],
)
def test_a_policy_that_receivers_do_not_follow_is_told(records: list[str], words: str) -> None:
    opinion = judge_dmarc(ORG, {"_dmarc.example.org": records}, signs=True)

    assert (words in opinion.fault, opinion.is_broken) == (True, False)


@pytest.mark.parametrize(("policy", "strict"), [("none", False), ("quarantine", True), ("reject", True)])
def test_a_strict_policy_asks_who_signs(policy: str, strict: bool) -> None:
    found = {"_dmarc.example.org": [f"v=DMARC1; p={policy}"]}

    assert bool(judge_dmarc(ORG, found, signs=False).fault) is strict
    assert not judge_dmarc(ORG, found, signs=True).fault


def test_an_address_needs_a_name_that_leads_back() -> None:
    here = "203.0.113.7"

    assert judge_name(here, [], {}).fault.startswith("203.0.113.7 has no name")
    assert "does not lead back" in judge_name(here, ["a.example.org"], {"a.example.org": ["203.0.113.8"]}).fault
    both = judge_name(here, ["x.example.net", "a.example.org"], {"a.example.org": [here]})
    assert (both.fault, both.words) == ("", "203.0.113.7 is called x.example.net")


def test_a_record_is_written_as_zone_files_have_it() -> None:
    assert write_record("example.org", "v=spf1 mx ~all") == 'example.org. IN TXT "v=spf1 mx ~all"'
    assert write_record("x", "a" * 300) == f'x. IN TXT ( "{"a" * 255}" "{"a" * 45}" )'
