"""The described interface, asked by a program that reads the description: what it allows, and what it does not."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.hostile.conftest import SLUG, Target
from tests.hostile.raw import fetch

pytestmark = pytest.mark.slow

SEED = os.environ.get("HOSTILE_SEED", "20243")
_PROGRAM = Path(sys.executable).parent / "schemathesis"


async def test_whatever_is_asked_the_answer_is_one_that_is_described(target: Target, tmp_path: Path) -> None:
    before, kept = await target.look(), target.digest()
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(await describe(target)))

    process = await asyncio.create_subprocess_exec(
        _PROGRAM,
        *("run", str(file), "--url", target.settings.base_url, "--mode", "all", "--phases", "coverage,fuzzing"),
        *("--max-examples", "30", "--max-time", "12", "--seed", SEED, "--no-shrink", "--generation-database", "none"),
        # No description can say that an address may have 256 characters in all, so that a 400 for a longer one is
        # right; and blanks or zeros too many are forgiven on purpose.
        *("--exclude-checks", "positive_data_acceptance,negative_data_rejection"),
        *("--warnings", "off", "--no-color"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    report, _ = await asyncio.wait_for(process.communicate(), 120)

    asked = re.search(r"(\d+) generated, (\d+) passed", report.decode())
    print(f"seed {SEED}: {asked[0] if asked else 'nothing asked'}")
    assert process.returncode == 0, report.decode()
    assert asked
    assert int(asked[1]) > 0
    assert target.digest() == kept
    assert await target.look() == before


async def describe(target: Target) -> dict[str, object]:
    """The description, and what a program cannot know: which series and session there are."""
    description = json.loads(await fetch(target.port, "/openapi.json"))
    listing = json.loads(await fetch(target.port, f"/{SLUG}.json"))
    description["components"]["parameters"]["slug"]["schema"]["enum"] = [SLUG]
    for parameter in description["paths"]["/{slug}/{session}.ics"]["get"]["parameters"]:
        if parameter.get("name") == "session":
            parameter["schema"]["enum"] = [session["id"] for session in listing["sessions"]]
    assert isinstance(description, dict)
    return description
