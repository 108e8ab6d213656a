"""Negotiation: which coding a client gets, and whether it already has what is current (RFC 9110 12.5.3 and 13)."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from service.web.representation import Coded, Representation

__all__ = ["choose_coding", "is_current"]

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')
_CODING: Final = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?", re.IGNORECASE)
# Some of Microsoft's calendars ask for gzip and then cannot read it.
_CANNOT_UNPACK: Final = re.compile(r"outlook|microsoft|exchange", re.IGNORECASE)


def choose_coding(representation: Representation, accept_encoding: str, user_agent: str) -> Coded:
    """The coding that these request headers ask for; plain if they are empty or ask for one we do not have."""
    wants_gzip = bool(accept_encoding) and _takes_gzip(accept_encoding, user_agent)
    return representation.gzip if wants_gzip else representation.plain


def is_current(
    representation: Representation, coded: Coded, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Whether a 304 will do. If-None-Match compares weakly and, if there is one, alone decides (RFC 9110 13.2.2)."""
    if if_none_match is not None:
        tag = coded.etag.decode()
        return if_none_match in (tag, "*") or if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
    if if_modified_since is None or representation.modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    modified = representation.modified.replace(microsecond=0)  # as Last-Modified said it
    return modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))


@lru_cache(maxsize=512)
def _takes_gzip(accept_encoding: str, user_agent: str) -> bool:
    if _CANNOT_UNPACK.search(user_agent):
        return False
    weights = dict(_weigh(coding) for coding in accept_encoding.split(",") if coding.strip())
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weigh(coding: str) -> tuple[str, float]:
    """One element's name and weight; what is not understood weighs nothing."""
    found = _CODING.fullmatch(coding)
    if not found:
        return "", 0.0
    try:
        return found[1].lower(), float(found[2] or "1")
    except ValueError:
        return found[1].lower(), 0.0
