"""A QR code: an address that a phone reads from a screen."""

from functools import lru_cache

from markupsafe import Markup

__all__ = ["draw_code"]


@lru_cache(maxsize=64)
def draw_code(address: str) -> Markup:
    """The code of an address as SVG for a page, black on nothing; it is as large as what it stands in."""
    import segno  # takes a twentieth of a second, which the start of the service does not need to wait for

    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(border=0, omitsize=True, dark="#000", svgclass=None, lineclass=None))
