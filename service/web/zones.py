"""Time zones that a reader can choose from."""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from markupsafe import Markup

__all__ = ["is_offered", "render_options"]

_AREAS: Final = (
    "Asia", "Europe", "America", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica", "Arctic",
)  # fmt: skip


def is_offered(timezone: str) -> bool:
    """Whether `timezone` is a name that can be chosen."""
    return timezone in _offered()


@cache
def render_options() -> Markup:
    """The options of a choice of time zones, grouped by continent: the same for every reader, so rendered once."""
    groups = []
    for area in _AREAS:
        names = sorted(name for name in _offered() if name.startswith(f"{area}/"))
        options = Markup("").join(Markup('<option value="{}">{}</option>').format(name, _city(name)) for name in names)
        groups.append(Markup('<optgroup label="{}">{}</optgroup>').format(area, options))
    return Markup("").join(groups) + Markup("<option>UTC</option>")


@cache
def _offered() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name.partition("/")[0] in _AREAS) | {"UTC"}


def _city(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")
