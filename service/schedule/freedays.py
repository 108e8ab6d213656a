"""Free days: the days on which a series does not meet."""

from datetime import date
from functools import lru_cache

__all__ = ["FreeDays"]


class FreeDays:
    """The named days and a country's public holidays, substitute days included, as one container of dates."""

    def __init__(self, named: frozenset[date], country: str) -> None:
        self._named = named
        self._country = country.strip().upper()

    @property
    def knows_country(self) -> bool:
        """Whether the country's holidays are known; so it is if none is asked for."""
        if not self._country:
            return True
        import holidays  # takes a twentieth of a second, and most series have no use for it

        return self._country in holidays.list_supported_countries(include_aliases=True)

    def __contains__(self, day: date) -> bool:
        if day in self._named:
            return True
        return bool(self._country) and self.knows_country and day in _holidays(self._country, day.year)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))
