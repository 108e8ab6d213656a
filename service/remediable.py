"""What a person can put right: errors that are told in their own words, without a traceback."""

__all__ = ["Remediable"]


class Remediable(Exception):
    """Something outside the program is wrong; the message says what, where, and what to do about it."""
