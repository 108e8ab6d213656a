"""Records: what DNS tells receivers of a domain's mail, and whether it holds (SPF, DKIM, DMARC, PTR).

What was found in DNS comes in; what receivers will make of it comes out. Which addresses another mail server sends
from nobody can know from outside, so whether SPF covers them is told only where its operator says so publicly.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.delivery.signing_key import SigningKey

__all__ = [
    "Opinion",
    "Texts",
    "are_aligned",
    "judge_dmarc",
    "judge_key",
    "judge_name",
    "list_dmarc_names",
    "write_record",
]

Texts = Mapping[str, Sequence[str]]
"""The texts (TXT) at each name that was asked for."""

_TAG: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)
_LONGEST_STRING: Final = 255  # RFC 1035 3.3
_STRICT: Final = ("quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What receivers make of records: `fault` is empty if they are sound, and `is_broken` if they harm the mail."""

    words: str
    fault: str = ""
    is_broken: bool = False


def judge_key(texts: Sequence[str], key: SigningKey) -> Opinion:
    """Whether receivers find at its selector the public half of `key` (RFC 6376 3.6.1)."""
    found = [tags for text in texts if (tags := _read_tags(text)) and "p" in tags]
    if not found:
        return _broken("its public half is not in DNS, so nobody can check what it signs")
    if len(found) > 1:
        return _broken("DNS has several keys under this name: receivers may take any of them, or none")
    tags = found[0]
    published = re.sub(r"\s", "", tags["p"])
    if not published:
        return _broken("DNS says that this key is revoked")
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa").lower() != key.kind or published != key.public:
        return _broken("DNS has another key under this name, so no signature holds")
    if "sha256" not in tags.get("h", "sha256").lower().split(":"):
        return _broken("its record forbids SHA-256 (h=), so no signature holds")
    if not {"*", "email"} & set(tags.get("s", "*").lower().split(":")):
        return _broken("its record says that it is not for mail (s=)")
    if "y" in tags.get("t", "").lower().split(":"):
        return Opinion("", "its record says that it is only tried out (t=y), so receivers disregard signatures")
    return Opinion(f"DNS has the public half of the {key.kind} key")


def list_dmarc_names(domain: str) -> list[str]:
    """Where a domain's policy may stand: at itself, else at a domain above it.

    Without a list of public suffixes that may go one too far, to `_dmarc.co.kr`, where nobody has a policy.
    """
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[start:])}" for start in range(max(len(labels) - 1, 1))]


def are_aligned(one: str, other: str) -> bool:
    """Whether one domain vouches for the other (RFC 7489 3.1), as far as their last two labels tell."""
    return one.split(".")[-2:] == other.split(".")[-2:]


def judge_dmarc(domain: str, found: Texts, *, signs: bool) -> Opinion:
    """What receivers do with a mail in the name of `domain` that fails (RFC 7489 6). `signs`: whether we sign it."""
    for name in list_dmarc_names(domain):
        records = [tags for text in found.get(name, ()) if (tags := _read_tags(text)).get("v") == "DMARC1"]
        if len(records) > 1:
            return Opinion("", f"{name} has several policies, so there is none")
        if records:
            return _judge_policy(name, records[0], is_own=name == f"_dmarc.{domain}", signs=signs)
    return Opinion("", "there is no policy: mailboxes with many readers ask for one from who sends much")


def _judge_policy(name: str, tags: Mapping[str, str], *, is_own: bool, signs: bool) -> Opinion:
    policy = tags.get("p", "") if is_own else tags.get("sp", tags.get("p", ""))
    if policy.lower() not in ("none", *_STRICT):
        return Opinion("", f'{name} says p="{policy}", which is neither "none" nor "quarantine" nor "reject"')
    if policy.lower() in _STRICT and not signs:
        words = "asks receivers not to take unsigned mail: see that your mail server signs, or set `dkim`"
        return Opinion("", f"{name} {words}")
    return Opinion(f"{name} says {policy.lower()}")


def judge_name(address: str, names: Sequence[str], addresses: Mapping[str, Sequence[str]]) -> Opinion:
    """Whether an IP address has a name (PTR) that leads back to it; `addresses` are those of each name."""
    if not names:
        return Opinion("", f"{address} has no name: many mailboxes take nothing from it")
    if not any(address in addresses.get(name, ()) for name in names):
        return Opinion("", f"{address} is called {names[0]}, but that name does not lead back to it")
    return Opinion(f"{address} is called {names[0]}")


def write_record(name: str, text: str) -> str:
    """A TXT record as a zone file has it (RFC 1035 5.1), its text in strings of at most 255 characters."""
    pieces = [text[start : start + _LONGEST_STRING] for start in range(0, len(text), _LONGEST_STRING)]
    strings = " ".join(f'"{piece}"' for piece in pieces)
    return f"{name}. IN TXT {strings if len(pieces) == 1 else f'( {strings} )'}"


def _broken(fault: str) -> Opinion:
    return Opinion("", fault, is_broken=True)


def _read_tags(text: str) -> dict[str, str]:
    """A list of tags (RFC 6376 3.2); empty if it is none. Of a name that comes twice the first counts."""
    matches: Iterable[re.Match[str] | None] = (_TAG.fullmatch(part) for part in text.split(";") if part.strip())
    tags: dict[str, str] = {}
    for match in matches:
        if match is None:
            return {}
        tags.setdefault(match[1], match[2])
    return tags
