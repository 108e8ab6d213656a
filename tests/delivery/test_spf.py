"""SPF: records as they are found in the world, and what receivers make of them."""

import pytest

from service.delivery.records import Texts
from service.delivery.spf import judge_spf, list_referred, suggest_term

ORG = "example.org"
MANY = " ".join(f"include:i{number}.example.net" for number in range(10))


def judge(term: str = "a:mail.example.org", **found: tuple[str, ...]) -> tuple[str, bool]:
    """The fault of example.org's record and whether it is broken; `a_example_net` is `a.example.net`."""
    texts: Texts = {name.replace("_", "."): records for name, records in found.items()}
    opinion = judge_spf(ORG, texts, term)
    return opinion.fault, opinion.is_broken


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 -all",
        "V=SPF1 MX ~ALL",
        "v=spf1",
        "v=spf1 a/24 mx:mail.example.org//64 ip4:203.0.113.0/24 ip6:2001:db8::/32 ?all",
        "v=spf1 exists:%{i}._spf.example.org exp=why.example.org -all",
        "v=spf1  ip4:203.0.113.7   -all ",
    ],
)
def test_a_record_that_receivers_understand_is_sound(record: str) -> None:
    assert judge(example_org=("other=text", record)) == ("", False)


def test_a_domain_that_says_nothing_is_told() -> None:
    assert judge() == ("example.org does not say who may send its mail", False)
    assert judge(example_org=("v=spf10 -all", "google-site-verification=x"))[0].startswith("example.org does not say")


def test_two_records_are_as_good_as_none() -> None:
    fault, broken = judge(example_org=("v=spf1 mx -all", "v=spf1 include:a.example.net ~all"), a_example_net=())

    assert (fault, broken) == ("the record of example.org is there 2 times, so receivers disregard it", True)


@pytest.mark.parametrize("word", ["ipv4:203.0.113.7", "203.0.113.7", "al", "+", "mx;"])
def test_a_word_that_is_no_term_breaks_the_record(word: str) -> None:
    fault, broken = judge(example_org=(f"v=spf1 {word} -all",))

    assert broken
    assert f'says "{word}", which is no term of SPF' in fault


@pytest.mark.parametrize("words", ["+all", "all", "mx all"])
def test_a_record_that_lets_everybody_send_is_told(words: str) -> None:
    assert judge(example_org=(f"v=spf1 {words}",)) == ("example.org lets everybody send its mail (+all)", False)


def test_a_record_that_builds_on_one_that_is_not_there_is_broken() -> None:
    fault, broken = judge(example_org=("v=spf1 include:a.example.net -all",), a_example_net=("hello",))

    assert broken
    assert "example.org includes a.example.net, which has none" in fault


def test_more_questions_than_ten_are_too_many_wherever_they_stand() -> None:
    found = {f"i{number}.example.net": ("v=spf1 ip4:203.0.113.7 -all",) for number in range(10)}
    found[ORG] = (f"v=spf1 {MANY} -all",)

    assert judge_spf(ORG, found, "a:mail.example.org").fault == ""
    one_more = judge_spf(ORG, found | {"i3.example.net": ("v=spf1 mx -all",)}, "a:mail.example.org")
    assert one_more.is_broken
    assert "takes 11 questions, more than 10" in one_more.fault


def test_records_that_build_on_each_other_in_a_ring_are_broken() -> None:
    fault, broken = judge(
        example_org=("v=spf1 include:a.example.net -all",), a_example_net=("v=spf1 include:example.org -all",)
    )

    assert broken
    assert "more than 10" in fault


GOOGLE = "include:_spf.google.com"


@pytest.mark.parametrize(
    ("term", "record", "named"),
    [
        (GOOGLE, "v=spf1 include:_spf.google.com ~all", True),
        (GOOGLE, "v=spf1 include:_spf.google.com. ~all", True),
        (GOOGLE, "v=spf1 include:a.example.net ~all", True),
        (GOOGLE, "v=spf1 redirect=a.example.net", True),
        (GOOGLE, "v=spf1 redirect=a.example.net -all", False),
        (GOOGLE, "v=spf1 -include:_spf.google.com ~all", False),
        (GOOGLE, "v=spf1 mx -all", False),
        ("ip4:203.0.113.7", "v=spf1 ip4:203.0.113.0/24 -all", True),
        ("ip4:203.0.113.7", "v=spf1 ip4:203.0.113.7 -all", True),
        ("ip4:203.0.113.7", "v=spf1 mx -all", True),
        ("ip4:203.0.113.7", "v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all", False),
        ("ip4:203.0.113.7", "v=spf1 ip4:nonsense -all", False),
        ("ip4:203.0.113.7", "v=spf1 -ip4:203.0.113.7 ~all", False),
        ("ip6:2001:db8::7", "v=spf1 ip6:2001:db8::/32 -all", True),
    ],
)
def test_whether_the_way_out_is_named_is_known_where_it_can_be(term: str, record: str, named: bool) -> None:
    found = {
        ORG: (record,),
        "a.example.net": ("v=spf1 include:_spf.google.com -all",),
        "_spf.google.com": ("v=spf1 ip4:192.0.2.0/24 ~all",),
    }

    fault = judge_spf(ORG, found, term).fault

    assert fault == ("" if named else f"the record of example.org does not name {term}")


def test_what_a_record_builds_on_is_asked_for() -> None:
    texts = ("other", "v=spf1 include:A.example.net include:%{d}.example.net mx:b.example.net redirect=c.example.net.")

    assert list_referred(texts) == ["a.example.net", "c.example.net"]


@pytest.mark.parametrize(
    ("relay", "own", "term"),
    [
        ("smtp.gmail.com", "", GOOGLE),
        ("email-smtp.eu-central-1.amazonaws.com", "", "include:amazonses.com"),
        ("mail.example.org", "", "a:mail.example.org"),
        ("bell.example.org", "203.0.113.7", "ip4:203.0.113.7"),
        ("9.9.9.9", "", "ip4:9.9.9.9"),
        ("2620:fe::fe", "", "ip6:2620:fe::fe"),
        ("10.0.0.7", "", "mx"),
        ("127.0.0.1", "", "mx"),
    ],
)
def test_a_term_is_suggested_for_the_way_out(relay: str, own: str, term: str) -> None:
    assert suggest_term(relay, own) == term
