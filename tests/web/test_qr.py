"""QR codes: sound, small, and without anything that a page's rules forbid."""

from xml.etree import ElementTree

from service.web.qr import draw_code


def test_a_code_is_a_picture_that_fits_where_it_stands() -> None:
    code = draw_code("https://bell.example.org/season/subscribe?speaker=%ED%95%98%EB%8A%98")

    picture = ElementTree.fromstring(code)
    assert picture.tag.rpartition("}")[2] == "svg"
    assert "viewBox" in picture.attrib
    assert "width" not in picture.attrib
    assert "style" not in code
    assert len(code) < 8000


def test_another_address_is_another_code() -> None:
    assert draw_code("https://bell.example.org/a") != draw_code("https://bell.example.org/b")
    assert draw_code("https://bell.example.org/a") is draw_code("https://bell.example.org/a")
