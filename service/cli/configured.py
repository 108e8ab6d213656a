"""The option `--config` that every command has which reads settings."""

import os
from pathlib import Path
from typing import Final

import click

from service.settings.loading import SettingsTrouble, load_settings
from service.settings.values import Settings

__all__ = ["configured", "find_settings"]

_HERE: Final = Path("studybell.toml")


def find_settings(file: Path | None) -> Settings:
    """The settings in `file`, else those that this call finds. Raises `SettingsTrouble`."""
    named = os.environ.get("STUDYBELL_CONFIG")
    chosen = file or (_HERE if _HERE.exists() or not named else Path(named))
    settings = load_settings(chosen, os.environ)
    if not settings.series:
        raise SettingsTrouble([f"{chosen}: there is no [[series]]; add one, or run `studybell init SCHEDULE`"])
    return settings


def _configure(_context: click.Context, _option: click.Parameter, file: Path | None) -> Settings:
    return find_settings(file)


configured = click.option(
    "--config",
    "settings",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_configure,
    help="The settings; without it studybell.toml here, or what STUDYBELL_CONFIG names.",
)
"""Gives a command its `settings`. Raises `SettingsTrouble`."""
