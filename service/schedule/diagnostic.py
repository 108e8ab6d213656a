"""What is wrong, or worth knowing, about one place of a schedule document."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Diagnostic", "Severity"]


class Severity(StrEnum):
    """How much a diagnostic matters: only an error keeps a document from being published."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark on a document. `line` and `column` count from 1; `message` says what to do."""

    line: int
    column: int
    severity: Severity
    code: str
    message: str
