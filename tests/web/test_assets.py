"""Assets: addresses that change with the content."""

from service.web.assets import Assets


def test_an_address_names_the_content() -> None:
    one, other = Assets({"style.css": b"a{}"}), Assets({"style.css": b"b{}"})

    assert one.addresses["style.css"].startswith("/static/style.css?v=")
    assert one.addresses == Assets({"style.css": b"a{}"}).addresses
    assert one.addresses != other.addresses


def test_a_file_is_found_by_its_name_only() -> None:
    assets = Assets({"style.css": b"a{}", "bell.svg": b"<svg/>"})

    assert assets.find("style.css") == (b"a{}", "text/css; charset=utf-8")
    assert assets.find("bell.svg") == (b"<svg/>", "image/svg+xml")
    assert assets.find("../style.css") is None
