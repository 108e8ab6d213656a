"""The words of one language: what stands in templates in English, said in the reader's language.

Templates are written in English; their English texts are the msgids of `mail.po` and `pages.po`. English itself
therefore needs no catalog, and an unknown language, or a text without translation, reads English.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import c2py

from babel.messages.pofile import PoFileError, read_po
from jinja2 import Environment, pass_context
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context

__all__ = ["ENGLISH", "Catalog", "Catalogs", "install_translations", "read_catalog"]


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """The translations into one language (a code such as `ko`).

    `phrases` maps an English text to its translations, one per plural form; `plural_form` chooses among them.
    """

    language: str
    phrases: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]

    def gettext(self, message: str) -> str:
        """The translation of `message`, or `message` itself if there is none."""
        phrases = self.phrases.get(message)
        return phrases[0] if phrases else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The translation for `number` things, or the English form if there is none."""
        phrases = self.phrases.get(singular)
        if phrases is None:
            return singular if number == 1 else plural
        return phrases[min(self.plural_form(number), len(phrases) - 1)]


ENGLISH = Catalog("en", {}, lambda number: int(number != 1))


def read_catalog(language: str, text: str) -> Catalog:
    """The catalog that `text`, a gettext .po file, describes. Fuzzy and empty entries are left out.

    Raises ValueError if it is no such file.
    """
    try:
        entries = read_po(text.split("\n"), locale=language, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"the translations into {language!r} cannot be read: {error}") from error
    phrases: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        singular = entry.id if isinstance(entry.id, str) else entry.id[0]
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if singular and forms and all(forms) and not entry.fuzzy:
            phrases[singular] = forms
    return Catalog(language, phrases, c2py(entries.plural_expr))


class Catalogs:
    """The catalogs of one domain (mail, pages), one per language, with English behind them."""

    __slots__ = ("_catalogs",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` holds .po texts by language code. Raises ValueError if one cannot be read."""
        self._catalogs = {"en": ENGLISH} | {code: read_catalog(code, text) for code, text in sorted(texts.items())}

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that can be chosen, English first."""
        return tuple(self._catalogs)

    def choose(self, *wanted: str) -> Catalog:
        """The catalog of the first wanted language there is (`ko` also serves `ko-KR` and `ko_KR`), else English."""
        for code in wanted:
            spelling = code.replace("_", "-").lower()
            for candidate in (spelling, spelling.partition("-")[0]):
                if candidate in self._catalogs:
                    return self._catalogs[candidate]
        return ENGLISH


def install_translations(environment: Environment) -> None:
    """Let templates of `environment` use `{% trans %}` and `_()` with the `catalog` that they are rendered with.

    Texts are formatted with `%` (newstyle): values are escaped where autoescape is on, a literal per cent sign is `%%`.
    """

    @pass_context
    def gettext(context: Context, message: str) -> str:
        return _catalog(context).gettext(message)

    @pass_context
    def ngettext(context: Context, singular: str, plural: str, number: int) -> str:
        return _catalog(context).ngettext(singular, plural, number)

    environment.add_extension(InternationalizationExtension)
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def _catalog(context: Context) -> Catalog:
    catalog = context.resolve("catalog")
    if not isinstance(catalog, Catalog):
        raise TypeError("a template that translates is rendered with a `catalog`")
    return catalog
