"""Examining the records: whether DNS vouches for the mails, and what to add where it does not."""

import asyncio
from collections.abc import Awaitable
from email.utils import parseaddr
from typing import Final

from service.app.finding import Finding, Grade, Installation
from service.app.machine import find_own_address
from service.app.signing import choose_signer
from service.delivery.name_service import NameService, Unanswered, open_resolver
from service.delivery.records import (
    Opinion,
    are_aligned,
    judge_dmarc,
    judge_key,
    judge_name,
    list_dmarc_names,
    write_record,
)
from service.delivery.relay import is_loopback
from service.delivery.signing_key import SigningKey
from service.delivery.spf import judge_spf, list_referred, suggest_term
from service.settings.values import Mail, Settings

__all__ = ["examine_records"]

_MOST_RECORDS: Final = 12
_UNCHANGED: Final = Mail().sender


async def examine_records(installation: Installation) -> list[Finding]:
    """SPF, DKIM and DMARC of the sender's domain, and the name of this machine if it sends to the world itself."""
    settings = installation.settings
    if settings.mail.transport == "mailbox" or settings.mail.sender == _UNCHANGED:
        return []
    signer = choose_signer(settings)
    try:
        names = NameService(open_resolver())
    except Unanswered as trouble:
        return [Finding(Grade.WARNING, "dns", str(trouble))]
    domain = _domain(settings.mail.sender)
    own_address = find_own_address() if is_loopback(settings.mail.host) else ""
    checks = [
        ("spf", _examine_spf(settings, names, own_address, signs=bool(signer))),
        *((f"dkim {key.selector}", _examine_key(domain, key, names)) for key in (signer.keys if signer else ())),
        ("dmarc", _examine_dmarc(domain, settings.organizer, names, signs=bool(signer))),
        *([("ptr", _examine_name(own_address, names))] if is_loopback(settings.mail.host) else []),
    ]
    found = await asyncio.gather(*(_look(subject, check) for subject, check in checks))
    return [*found, *([] if signer else [_tell_unsigned(settings.mail.host)])]


async def _look(subject: str, check: Awaitable[Finding]) -> Finding:
    try:
        return await check
    except Unanswered as trouble:
        return Finding(
            Grade.WARNING, subject, str(trouble), "ask again later, or look whether this machine reaches DNS"
        )


async def _examine_spf(settings: Settings, names: NameService, own_address: str, *, signs: bool) -> Finding:
    """Receivers look at the domain that mails come back to."""
    sender = _domain(settings.mail.sender)
    domain = _domain(settings.bounces.address) or sender
    if not (signs or are_aligned(domain, sender)):
        words = f"mails come back to {domain}, which cannot vouch for a sender at {sender}"
        return Finding(Grade.WARNING, "spf", words, f"set `dkim`, or `address` in [bounces] to one at {sender}")
    relay = settings.host if is_loopback(settings.mail.host) else settings.mail.host.lower()
    term = suggest_term(relay, own_address)
    found, waiting = dict[str, tuple[str, ...]](), [domain]
    while waiting and len(found) < _MOST_RECORDS:
        texts = await asyncio.gather(*(names.find_texts(name) for name in waiting))
        found.update(zip(waiting, texts, strict=True))
        waiting = sorted({name for one in texts for name in list_referred(one)} - set(found))
    opinion = judge_spf(domain, found, term)
    advice = f"there must be one such record; to begin with: {write_record(domain, f'v=spf1 {term} ~all')}"
    return _tell("spf", opinion, advice)


async def _examine_key(domain: str, key: SigningKey, names: NameService) -> Finding:
    name = f"{key.selector}._domainkey.{domain}"
    opinion = judge_key(await names.find_texts(name), key)
    return _tell(f"dkim {key.selector}", opinion, f"this is its record: {write_record(name, key.record)}")


async def _examine_dmarc(domain: str, organizer: str, names: NameService, *, signs: bool) -> Finding:
    places = list_dmarc_names(domain)
    found = dict(zip(places, await asyncio.gather(*map(names.find_texts, places)), strict=True))
    opinion = judge_dmarc(domain, found, signs=signs)
    address = parseaddr(organizer)[1]
    reports = f"; rua=mailto:{address}" if _domain(organizer) == domain else ""  # others' consent takes a record more
    return _tell("dmarc", opinion, f"to begin with: {write_record(places[0], f'v=DMARC1; p=none{reports}')}")


async def _examine_name(own_address: str, names: NameService) -> Finding:
    if not own_address:
        words = "mails leave from this machine, whose public address is not known here"
        return Finding(Grade.WARNING, "ptr", words, "see that this address has a name (PTR) that leads back to it")
    called = await names.find_names(own_address)
    addresses = dict(zip(called, await asyncio.gather(*map(names.find_addresses, called)), strict=True))
    opinion = judge_name(own_address, called, addresses)
    return _tell("ptr", opinion, "who gave you the address can give it a name; let that name's A record lead to it")


def _tell_unsigned(host: str) -> Finding:
    return Finding(Grade.OK, "dkim", f"studybell does not sign mails (`dkim` in [mail]); {host} may")


def _tell(subject: str, opinion: Opinion, advice: str) -> Finding:
    if not opinion.fault:
        return Finding(Grade.OK, subject, opinion.words)
    return Finding(Grade.WRONG if opinion.is_broken else Grade.WARNING, subject, opinion.fault, advice)


def _domain(mailbox: str) -> str:
    return parseaddr(mailbox)[1].rpartition("@")[2].lower()
