"""The lock of a data folder: one service at a time, and a dead one leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.store.lock import AlreadyServed, hold

_HOLD = """
import pathlib, sys, time
from service.store.lock import hold
with hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(30)
"""


def test_a_second_service_is_told_which_folder_is_in_use(tmp_path: Path) -> None:
    taken = pytest.raises(AlreadyServed, match=r"var is in use by another studybell service")
    with hold(tmp_path / "var"), taken, hold(tmp_path / "var"):
        raise AssertionError("both hold it")


def test_a_folder_is_free_again_when_its_service_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with hold(tmp_path):
            pass


def test_folders_do_not_disturb_each_other(tmp_path: Path) -> None:
    with hold(tmp_path / "one"), hold(tmp_path / "other"):
        pass


def test_a_killed_service_holds_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(AlreadyServed), hold(tmp_path):
            pass
        other.kill()
        other.wait(10)

    with hold(tmp_path):
        pass
