"""The files that ship with studybell: templates, translations, styles and the example season."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["CONFIG", "TEMPLATES", "date_program", "read_catalogs", "read_texts"]

_PACKAGE: Final = Path(__file__).parent
# A wheel carries them inside the package; a checkout keeps them beside it.
_ROOT: Final = _PACKAGE if (_PACKAGE / "templates").is_dir() else _PACKAGE.parent

TEMPLATES: Final = _ROOT / "templates"
CONFIG: Final = _ROOT / "config"


@cache
def date_program(room: str) -> int:
    """When the newest module of a room of this program was written (nanoseconds); it changes with every other one."""
    return max(file.stat().st_mtime_ns for file in (_PACKAGE / room).glob("*.py"))


def read_texts(folder: Path, pattern: str = "**/*") -> Mapping[str, str]:
    """The text files under `folder` that match `pattern`, by their path in it."""
    files = sorted(file for file in folder.glob(pattern) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}


def read_catalogs(domain: str) -> Mapping[str, str]:
    """The translations of a domain ("mail" or "pages") as .po texts, by language code."""
    texts = read_texts(TEMPLATES / "locale", f"*/{domain}.po")
    return {name.partition("/")[0]: text for name, text in texts.items()}
