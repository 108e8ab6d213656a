"""A schedule document: from its text to entries."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from service.schedule.completion import complete_drafts, find_first_day, find_years, remark_told_time
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.entry import Document
from service.schedule.language import guess_language
from service.schedule.layout import FORMS, lay_out
from service.schedule.remarks import remark_headers, remark_ids, remark_nothing
from service.schedule.search import find_sessions

__all__ = ["form_of", "read_document"]

_SUFFIXES = {"csv": "csv", "tsv": "csv", "yml": "yaml", "yaml": "yaml", "toml": "toml"}


def form_of(name: str) -> str:
    """The form of a document, told by the suffix of its file name or URL: "csv", "yaml", "toml", else "markdown"."""
    path = urlsplit(name).path if "://" in name else name
    return _SUFFIXES.get(path.rpartition(".")[2].lower(), "markdown")


def read_document(text: str, *, form: str = "markdown", year: int | None = None, timezone: str = "") -> Document:
    """The document that `text` writes in this `form`: "markdown", "csv", "yaml" or "toml".

    `year` is the year of the earliest date, for documents that do not say it; `timezone` an IANA name. Trouble with
    the text becomes a diagnostic; only an unknown form raises ValueError.
    """
    if form not in FORMS:
        raise ValueError(f"a document cannot have the form {form!r}; it is one of {', '.join(FORMS)}")
    text = _mend_text(text)
    page, trouble = lay_out(text, form)
    blocks = find_sessions(page)
    language = guess_language(text)
    entries, remarks = complete_drafts(blocks, [year] if year else find_years(page))
    remarks = (*trouble, *remarks, *remark_headers(page.grids if blocks else ()), *remark_ids(entries))
    remarks = (*remarks, *remark_told_time(page, entries))
    if not entries and not any(remark.severity is Severity.ERROR for remark in trouble):
        remarks = (*remarks, remark_nothing(language))
    return Document(
        title=page.title,
        language=language,
        timezone=timezone or next((entry.zone.key for entry in entries if entry.zone), ""),
        entries=entries,
        diagnostics=_in_order(remarks),
        begins=find_first_day(page),
    )


def _mend_text(text: str) -> str:
    """`text` with one kind of line end, and without what no encoding can carry."""
    text = text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _in_order(remarks: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(remarks, key=lambda remark: (remark.line, remark.column)))
