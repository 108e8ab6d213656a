"""Pages: HTML from the page templates, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import DictLoader, Environment, StrictUndefined

from service.messages.catalog import Catalog, Catalogs, install_translations
from service.web.assets import Assets
from service.web.languages import LANGUAGE_NAMES
from service.web.zones import render_options

__all__ = ["LanguageChoice", "Pages"]


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that a page can be read in, and where."""

    code: str
    name: str
    address: str = ""


class Pages:
    """Renders the page templates.

    `templates` holds their sources by name, `root` is the path before every address of the site (mostly empty).
    Everything that is not written in a template is escaped, and what a template names must be there.
    """

    def __init__(self, templates: Mapping[str, str], catalogs: Catalogs, assets: Assets, *, root: str = "") -> None:
        self.languages = catalogs.languages
        self.root = root
        self._catalogs = catalogs
        self._environment = Environment(
            loader=DictLoader(dict(templates)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        install_translations(self._environment)
        self._environment.globals.update(
            root=root, assets=assets.addresses, mail_languages=self.language_choices({}), zones=render_options
        )

    def language_choices(self, addresses: Mapping[str, str]) -> tuple[LanguageChoice, ...]:
        """Every language of the pages by its own name, with the address where the page is read in it, if given."""
        return tuple(
            LanguageChoice(code, LANGUAGE_NAMES.get(code, code), addresses.get(code, "")) for code in self.languages
        )

    def catalog(self, language: str) -> Catalog:
        """The words of a language."""
        return self._catalogs.choose(language)

    def render(self, name: str, language: str, /, *, languages: Sequence[LanguageChoice] = (), **values: object) -> str:
        """The page that the template `name` makes of `values`; `languages` are offered at its top.

        Raises `jinja2.TemplateError` if the template is broken or names something that is not there.
        """
        template = self._environment.get_template(name)
        return template.render(catalog=self.catalog(language), languages=languages, **values)
