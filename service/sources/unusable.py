"""What is of no use: an address that must not be asked, or an answer that is no document."""

__all__ = ["Unusable"]


class Unusable(ValueError):
    """An address, or what was found there, cannot be used; the message says why and what to do, but not which."""
