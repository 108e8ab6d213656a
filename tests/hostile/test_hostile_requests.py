"""Ten thousand hostile requests over real sockets: nothing breaks, nothing changes, and nothing of them is kept."""

import os
import random
import re
from collections import Counter
from time import perf_counter

import pytest

from tests.hostile.attacks import MARKER, draw_attacks
from tests.hostile.conftest import SLUG, Target
from tests.hostile.raw import fetch, throw_all

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("HOSTILE_SEED", "20241"))
COUNT = 10_000
_MIB = 2**20
_LOCATION = re.compile(rb"\nlocation: *([^\r]*)")


async def test_ten_thousand_hostile_requests_change_nothing(target: Target) -> None:
    site = await target.describe()
    before, kept, memory = await target.look(), target.digest(), target.memory()

    begun = perf_counter()
    reactions = await throw_all(target.port, draw_attacks(site, random.Random(SEED), COUNT))
    spent = perf_counter() - begun

    statuses = Counter(status for reaction in reactions for status in reaction.statuses)
    silent = sum(not reaction.statuses for reaction in reactions)
    grown = target.memory() - memory
    print(f"seed {SEED}: {len(reactions)} attacks in {spent:.0f} s, {grown / _MIB:.0f} MiB more")
    print(f"answers {dict(sorted(statuses.items()))}, {silent} connections closed without one")
    broken = [reaction for reaction in reactions if any(status >= 500 for status in reaction.statuses)]
    assert not broken, [(one.attack.family, one.attack.data[:200], one.statuses) for one in broken[:3]]
    heads = [reaction.received.partition(b"\r\n\r\n")[0].lower() for reaction in reactions]
    assert not [head for head in heads if b"\nx-evil" in head]
    own = target.settings.base_url.encode()
    elsewhere = [found for head in heads if (found := _LOCATION.search(head)) and not found[1].startswith((b"/", own))]
    assert not elsewhere
    assert not [head for head in heads if b"\nlocation: //" in head]
    assert target.digest() == kept
    assert await target.look() == before
    assert not list(target.mailbox.glob("*/*"))
    assert MARKER not in target.dump()
    assert not any(MARKER.encode() in body for body in before.values())
    assert grown < 64 * _MIB
    log = (target.settings.folder / "serve.log").read_text()
    assert "Traceback" not in log
    assert MARKER not in log

    begun = perf_counter()
    for _ in range(50):
        await fetch(target.port, f"/{SLUG}.ics")
    print(f"afterwards a feed takes {(perf_counter() - begun) / 50 * 1000:.1f} ms")
