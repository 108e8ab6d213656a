"""The wheel: it carries exactly what studybell needs, and works away from the checkout."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.whole.terminal import CHECKOUT, start, surroundings

ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
SHIPPED_CONFIG = {"studybell.example.toml", "ssl-season4.md"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which an operator keeps secrets and tools have left things behind."""
    copy = tmp_path_factory.mktemp("source")
    for folder in ("service", "templates", "config"):
        shutil.copytree(CHECKOUT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(CHECKOUT / file, copy / file)
    (copy / "config" / "studybell.toml").write_text('[mail]\npassword = "secret"\n')
    (copy / "studybell.toml").write_text('[mail]\npassword = "secret"\n')
    (copy / "service" / "__pycache__").mkdir()
    (copy / "service" / "__pycache__" / "left.pyc").touch()
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built of it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=60)
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it; what the wheel depends on is lent by this environment."""
    folder = tmp_path_factory.mktemp("place")
    venv.create(folder, symlinks=True)
    python = str(folder / "bin" / "python")
    install = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, *install], check=True, timeout=120)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_carries_exactly_what_is_needed(source: Path, wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        shipped = set(archive.namelist())

    code = {file for file in (source / "service").rglob("*") if file.is_file() and file.suffix != ".pyc"}
    templates = {file for file in (source / "templates").rglob("*") if file.is_file()}
    expected = {file.relative_to(source).as_posix() for file in code}
    expected |= {f"service/{file.relative_to(source).as_posix()}" for file in templates}
    expected |= {f"service/config/{name}" for name in SHIPPED_CONFIG}
    expected |= {f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info/{name}" for name in ABOUT}
    assert shipped == expected
    assert "service/store/migrations/versions/0001_the_first_schema.py" in shipped
    assert "service/templates/locale/ko/mail.po" in shipped


def test_no_secret_is_in_the_wheel(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if b'password = "secret"' in archive.read(name)] == []


def test_the_installed_wheel_serves_the_demo(place: Path, tmp_path: Path) -> None:
    environ = {name: value for name, value in surroundings().items() if name != "PYTHONPATH"}
    where = subprocess.run(
        [place / "bin" / "python", "-c", "import service; print(service.__file__)"],
        cwd=tmp_path, env=environ, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    assert Path(where.stdout.decode().strip()).is_relative_to(place)

    studybell = (str(place / "bin" / "studybell"),)
    with start(tmp_path, "demo", "--port", "0", command=studybell, environ=environ) as demo:
        found = re.search(r"(http://127\.0\.0\.1:\d+)/ssl-season4\s", demo.wait_for("Stop with Ctrl+C"))
        assert found
        with httpx.Client(base_url=found[1], trust_env=False, follow_redirects=True, timeout=20) as client:
            answers = {path: client.get(path) for path in ("/", "/ssl-season4", "/ssl-season4.ics")}
        assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
        assert answers["/ssl-season4.ics"].text.startswith("BEGIN:VCALENDAR\r\n")
        assert demo.stop() == 0
