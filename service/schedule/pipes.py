"""Pipe tables as people really type them: made whole for a strict reader, without moving a line."""

import re

__all__ = ["cell_columns", "mend_tables"]

_DELIMITER = re.compile(r"^[ \t]{0,6}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_FENCE = re.compile(r"^[ ]{0,3}(```+|~~~+)")
_WIDEST = 60


def mend_tables(lines: list[str]) -> list[str]:
    """`lines` with the header and the delimiter row of every table as wide as its widest row.

    Hosts of Markdown drop a table whose header and delimiter rows differ in width, and cells beyond the header
    (GFM 4.10); organisers write both.
    """
    mended = list(lines)
    fence = ""
    below = 0
    for index, line in enumerate(lines):
        if index < below:
            continue
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)[:3]
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        elif not fence and index and "-" in line and "|" in line and _DELIMITER.match(line):
            below = _mend_table(mended, index)
    return mended


def cell_columns(line: str) -> list[int]:
    """The 1-based columns at which the cells of a table's line start."""
    starts = [0]
    escaped = False
    for position, mark in enumerate(line):
        if mark == "|" and not escaped:
            starts.append(position + 1)
        escaped = mark == "\\" and not escaped
    if len(starts) > 1 and not line[: starts[1] - 1].strip():
        starts.pop(0)
    return [start + len(line[start:]) - len(line[start:].lstrip()) + 1 for start in starts]


def _mend_table(lines: list[str], delimiter: int) -> int:
    """Widen the table around this delimiter row; return the index of the first line below the table."""
    header = lines[delimiter - 1]
    if "|" not in header and not lines[delimiter].strip().strip("|").count("|"):
        return 0
    if _DELIMITER.match(header):
        return 0
    body = _body(lines, delimiter + 1)
    leading = lines[delimiter].lstrip().startswith("|")
    if header.lstrip().startswith("|") and not leading and not any(row.lstrip().startswith("|") for row in body):
        header = "|" + header.lstrip()
    width = min(max(map(_width, [header, lines[delimiter], *body])), _WIDEST)
    lines[delimiter - 1] = _widen(header, width, "  ")
    lines[delimiter] = _widen(lines[delimiter], width, "-")
    return delimiter + 1 + len(body)


def _body(lines: list[str], start: int) -> list[str]:
    stop = start
    while stop < len(lines) and "|" in lines[stop]:
        stop += 1
    return lines[start:stop]


def _width(line: str) -> int:
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    return text.count("|") - text.count("\\|") + 1


def _widen(line: str, width: int, filling: str) -> str:
    missing = width - _width(line)
    if missing <= 0:
        return line
    text = line.rstrip()
    text = text if text.endswith("|") and not text.endswith("\\|") else text + "|"
    return text + (filling + "|") * missing
