"""Templates of mails: the bundled ones, and the operator's that stand before them and can never do harm.

Sources come as text by name, as nothing here reads files. An operator's template that fails, when it is read or when
it is used, is reported and the bundled one takes its place: a mail is never lost to a typo.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NoReturn

from css_inline import CSSInliner
from jinja2 import ChoiceLoader, FunctionLoader, PrefixLoader, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_referenced_templates
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service.messages.catalog import install_translations

__all__ = ["Rendering", "TemplateSet"]

_LONGEST_OUTPUT = 256 * 1024
# A style element for phones and dark screens, which cannot be inlined, is marked `data-css-inline="keep"`.
_INLINER = CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a template says. `problem` tells, with file and line, why an operator's template was passed over."""

    text: str
    problem: str = ""


class TemplateSet:
    """The templates of a service. `problems` tells which of the operator's cannot be read, or have no use."""

    __slots__ = ("_bundled", "_custom", "problems")

    def __init__(self, bundled: Mapping[str, str], overrides: Mapping[str, str]) -> None:
        self._bundled = _Environment(bundled)
        self._custom = _Environment(bundled, overrides)
        self.problems = tuple(_find_faults(self._custom, frozenset(bundled), overrides))

    def render(self, name: str, values: Mapping[str, object]) -> Rendering:
        """The template `name`, an operator's if there is one and it works. Trouble in a bundled one is an exception."""
        try:
            return Rendering(self._custom.render(name, values))
        except Exception as error:  # an operator's template can raise whatever it likes
            return Rendering(self._bundled.render(name, values), _describe(error, name))


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja without the ways to do harm or to take long; HTML is escaped whatever the template's name ends in."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, bundled: Mapping[str, str], overrides: Mapping[str, str] | None = None) -> None:
        ours, theirs = _loader(bundled), _loader(overrides or {})
        super().__init__(
            loader=ChoiceLoader([theirs, ours, PrefixLoader({"bundled": ours}, ":")]),
            autoescape=lambda name: name is None or not name.endswith(".txt"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.clear()
        install_translations(self)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> NoReturn:
        raise SecurityError(f"a template cannot use {operator}")

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """What the template says; of HTML, the styles are written into the elements, as mail readers need them."""
        text = self.get_template(name).render(values)
        if len(text) > _LONGEST_OUTPUT:
            raise SecurityError("a template cannot write more than 256 KiB")
        return text if name.endswith(".txt") else _INLINER.inline(text)


def _loader(sources: Mapping[str, str]) -> FunctionLoader:
    # The name as file name makes tracebacks tell where a template failed.
    return FunctionLoader(lambda name: (sources[name], name, None) if name in sources else None)


def _find_faults(environment: _Environment, bundled: frozenset[str], overrides: Mapping[str, str]) -> Iterator[str]:
    used = set(bundled)
    for name, source in sorted(overrides.items()):
        try:
            used.update(filter(None, find_referenced_templates(environment.parse(source, name))))
            environment.get_template(name)
        except Exception as error:
            yield _describe(error, name)
    yield from (f"{name}: no mail uses a template of this name" for name in sorted(overrides) if name not in used)


def _describe(error: Exception, name: str) -> str:
    """`reminder/body.html:12: 'sesion' is undefined`: the innermost line of a template that the error went through."""
    place = name
    if isinstance(error, TemplateSyntaxError):
        place = f"{error.name or name}:{error.lineno}"
    else:
        step: TracebackType | None = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename.endswith((".txt", ".html")):
                place = f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}"
            step = step.tb_next
    return f"{place}: {str(error) or type(error).__name__}"
