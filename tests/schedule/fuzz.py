"""Fuzzing: `python -m tests.schedule.fuzz -max_total_time=600 [FOUND_FOLDER tests/schedule/data]`.

Needs atheris (`pip install atheris`), which is not among the locked dependencies. The folder of found inputs comes
first and is written to; the documents of the tests serve as seeds. Any exception, broken law, or a text that takes
longer than it may ends the run and leaves the input in a file.
"""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["FRAGMENTS", "check_text", "main"]

NOW: Final = datetime(2024, 2, 1, tzinfo=UTC)
ROOM: Final = "service.schedule"
FORMS: Final = ("markdown", "csv", "yaml", "toml")
FRAGMENTS: Final = (
    "|", "| ", " | ", "--|--\n", "|--|--|--|\n", "\n", "\n\n", " ", "date|title|speaker\n",
    "| Week | Date | Title |", "id", "end", "time", "날짜", "발표자", "주차", "日付", "主题", "year",
    "2024-01-27", "2024-02-03 (토)", "1/2", "3/4 (월)", "Jan 5", "5.12", "250915", "2024", "2023-2024",
    "9999/99/99", "2024-02-30", "21:00", "12:30-", "pm 3", "24:61", "KST", "90 min", "1주차", "Week 3",
    "第2回", "#4", "OT", "9&10", "Ada Oak", "김하나", ", ", " and ", "(", ")", "（", "[", "]",
    "[x](https://e.org/a)", "![Lab](b)", "https://e.org/b ", "~~", "*", "**", "_", "`", "<br>", "<table>",
    "<tr>", "<td>", "</table>", "<a href='https://e.org'>", "<!--", "<summary>a</summary>", "&amp;", "&#0;",
    "\\", "\\|", "- ", "  - ", "* ", "1. ", "# ", "## ", "> ", "```\n", "---\n", "title: ", "TBA", "미정",
    "휴강", "cancelled", "no meeting", "break", "?", "~", "a@b.org", "'", '"', ",", ";", "\t", ": ",
    "- date: ", "  title: ", "{", "}", "[[a]]\n", "b = ", "1979-05-27", "&a ", "*a", "!!", "%", "\u202e",
    "\ufeff", "\x00", "\ud800", "\u2028", "\r", "e\u0301", "👩\u200d💻", "٣", "²",
)  # fmt: skip


def check_text(text: str, form: str) -> None:
    """Read `text` all the way to a revision. Raises AssertionError if a law of the room is broken."""
    reading, cadences, session, reports, identity, diagnostics = (
        import_module(f"{ROOM}.{name}")
        for name in ("document", "cadence", "arrangement", "report", "identity", "diagnostic")
    )
    cadence = cadences.Cadence(
        timezone=ZoneInfo("Asia/Seoul"), starts_on=date(2024, 1, 27), duration=timedelta(hours=2), holidays="KR"
    )
    previous = ()
    for part in (text[: len(text) // 2], text, text):
        document = reading.read_document(part, form=form)
        errors = [remark for remark in document.diagnostics if remark.severity is diagnostics.Severity.ERROR]
        assert document.entries or errors
        assert all(remark.line >= 1 and remark.column >= 1 for remark in document.diagnostics)
        schedule = session.arrange(document, cadence)
        json.dumps(reports.describe(schedule, file="x"))
        revision = identity.revise(previous, schedule, namespace="e.org/x", minted=len(previous), now=NOW)
        assert len({version.uid for version in revision.versions}) == len(revision.versions)
        previous = revision.versions
    assert not revision.changes, "reading the same text again changed something"


def check_bytes(data: bytes) -> None:
    """Check the text that `data` stands for; its last byte tells how. A document that ends its lines is Markdown."""
    kind = (data[-1] - ord("\n")) % 8 if data else 0
    if kind < 4:
        text = data.decode("utf-8", "surrogateescape")
    else:
        text = "".join(FRAGMENTS[byte] if byte < len(FRAGMENTS) else chr(byte) for byte in data[:-1])
    check_text(text, FORMS[kind % 4])


def main() -> None:
    """Fuzz until told to stop, or until something is found."""
    try:
        atheris: ModuleType = import_module("atheris")
    except ModuleNotFoundError:
        sys.exit("Fuzzing needs atheris: .venv/bin/pip install atheris")
    with atheris.instrument_imports(include=[ROOM]):
        for name in ("document", "arrangement", "report", "identity"):
            import_module(f"{ROOM}.{name}")
    atheris.Setup([sys.argv[0], "-timeout=5", "-max_len=4096", *sys.argv[1:]], check_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
