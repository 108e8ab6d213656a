"""Programs that judge our mails and are not ours: used where they are installed, demanded where CI says so."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

__all__ = ["ask_node", "demand", "miss"]

_NODE: Final = Path(__file__).parent / "node"
_SECONDS: Final = 60
_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"


def demand(program: str, package: str) -> str:
    """The path of a program. Without it the test is skipped, or fails where everything must be there."""
    found = shutil.which(program, path=_PATH)
    if found is None:
        miss(f"{program} is missing: on Debian, apt-get install {package}")
    return str(found)


def ask_node(script: str, question: object) -> Any:
    """What a script in `node/` answers to a question, both in JSON."""
    node = demand("node", "nodejs")
    if not (_NODE / "node_modules").is_dir():
        miss("the mail readers are missing: run `npm ci` in tests/mail/node")
    done = subprocess.run(
        [node, script],
        cwd=_NODE,
        input=json.dumps(question).encode(),
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    assert not done.returncode, done.stderr.decode()
    return json.loads(done.stdout)


def miss(what: str) -> None:
    """Skip the test for want of something, or fail it where everything must be there."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)
