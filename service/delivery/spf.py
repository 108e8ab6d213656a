"""SPF: which servers a domain says may send mail in its name (RFC 7208), and whether receivers can make sense of it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, Self

from service.delivery.records import Opinion, Texts

__all__ = ["judge_spf", "list_referred", "suggest_term"]

_MOST_LOOKUPS: Final = 10  # RFC 7208 4.6.4
_TERM: Final = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::(\S+?))?((?:/\d{1,3})?(?://\d{1,3})?)")
_MODIFIER: Final = re.compile(r"([a-z][a-z0-9_.-]*)=(\S*)")
_ASKS: Final = ("include", "a", "mx", "ptr", "exists")
# What operators of mail servers tell their customers to include.
_INCLUDED: Final = {
    "smtp.gmail.com": "_spf.google.com",
    "smtp-relay.gmail.com": "_spf.google.com",
    "smtp.office365.com": "spf.protection.outlook.com",
    "smtp.sendgrid.net": "sendgrid.net",
    "smtp.mailgun.org": "mailgun.org",
    "smtp.postmarkapp.com": "spf.mtasv.net",
}


def suggest_term(relay: str, own_address: str) -> str:
    """What a record should say of mails that leave by the host `relay`; from `own_address`, if that is this machine.

    Where nothing is known it is a guess: the relay itself, or the servers that take the domain's mail.
    """
    with suppress(ValueError):
        address = ip_address(own_address or relay)
        return f"ip{address.version}:{address}" if own_address or address.is_global else "mx"
    if re.fullmatch(r"email-smtp\..+\.amazonaws\.com", relay):
        return "include:amazonses.com"
    return f"include:{_INCLUDED[relay]}" if relay in _INCLUDED else f"a:{relay}"


def list_referred(texts: Sequence[str]) -> list[str]:
    """The domains whose records the records in `texts` build on."""
    return [name for text in _find(texts) for name in _Policy.read(text).referred]


def judge_spf(domain: str, found: Texts, term: str) -> Opinion:
    """Whether receivers can make sense of what `domain` says, and it covers the suggested `term`, if that can be known.

    `found` are the texts at the domain and, as far as they are there, at all that it refers to.
    """
    own = _find(found.get(domain, ()))
    if not own:
        return Opinion("", f"{domain} does not say who may send its mail")
    reached = _reach(domain, found)
    if fault := _find_fault(reached, found):
        return Opinion("", f"the record of {fault}, so receivers disregard it", is_broken=True)
    policies = [_Policy.read(_find(found[name])[0]) for name in reached if _find(found.get(name, ()))]
    if policies[0].default == "+":
        return Opinion("", f"{domain} lets everybody send its mail (+all)")
    if not any(policy.covers(term) for policy in policies):
        return Opinion("", f"the record of {domain} does not name {term}")
    return Opinion(own[0])


@dataclass(frozen=True, slots=True)
class _Policy:
    """A record: its terms as (qualifier, mechanism, value), its modifiers, and the words that are neither."""

    terms: tuple[tuple[str, str, str], ...]
    redirect: str
    nonsense: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        terms, nonsense, redirect = [], [], ""
        for word in text.lower().split()[1:]:
            if match := _TERM.fullmatch(word):
                terms.append((match[1] or "+", match[2], (match[3] or "") + match[4]))
            elif modifier := _MODIFIER.fullmatch(word):
                redirect = modifier[2] if modifier[1] == "redirect" else redirect
            else:
                nonsense.append(word)
        return cls(tuple(terms), "" if any(name == "all" for _, name, _ in terms) else redirect, tuple(nonsense))

    @property
    def default(self) -> str:
        """What is said of all others: `+`, `-`, `~`, `?`, or nothing."""
        return next((qualifier for qualifier, name, _ in self.terms if name == "all"), "")

    @property
    def referred(self) -> list[str]:
        names = [value for _, name, value in self.terms if name == "include"]
        return [name.rstrip(".") for name in (*names, self.redirect) if name and "%" not in name]

    @property
    def lookups(self) -> int:
        return sum(name in _ASKS for _, name, _ in self.terms) + bool(self.redirect)

    def covers(self, term: str) -> bool:
        """Whether a term says this, or may: what `a`, `mx` and the like say only DNS knows."""
        kind, _, wanted = term.partition(":")
        if kind in ("a", "mx"):  # a guess of ours
            return True
        for qualifier, name, value in self.terms:
            if qualifier != "+" or name == "all":
                continue
            if name == kind and value.rstrip(".") == wanted:
                return True
            if kind != "include" and (name in _ASKS[1:] or (name == kind and _contains(value, wanted))):
                return True
        return False


def _contains(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


def _find(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]


def _reach(domain: str, found: Texts) -> list[str]:
    """The domain and all that its record builds on, each as often as receivers ask for it, up to the most they do."""
    reached: list[str] = []
    waiting = [domain]
    while waiting and len(reached) <= _MOST_LOOKUPS:
        name = waiting.pop(0)
        reached.append(name)
        waiting += list_referred(found.get(name, ()))
    return reached


def _find_fault(reached: Sequence[str], found: Texts) -> str:
    for name in reached:
        records = _find(found.get(name, ()))
        if name in found and len(records) != 1:
            return (
                f"{name} is there {len(records)} times" if records else f"{reached[0]} includes {name}, which has none"
            )
        if records and (nonsense := _Policy.read(records[0]).nonsense):
            return f'{name} says "{nonsense[0]}", which is no term of SPF'
    lookups = sum(_Policy.read(record).lookups for name in reached for record in _find(found.get(name, ())))
    return f"{reached[0]} takes {lookups} questions, more than {_MOST_LOOKUPS}" if lookups > _MOST_LOOKUPS else ""
