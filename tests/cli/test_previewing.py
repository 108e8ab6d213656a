"""`preview`: every mail as files."""

from pathlib import Path

from tests.whole.terminal import Call


def test_every_mail_is_written_in_every_language(season: Path, studybell: Call) -> None:
    said = studybell("preview", "mails")

    names = {file.name for file in (season / "mails").iterdir()}
    assert said.status == 0
    assert {f"reminder.{language}.{form}" for language in ("en", "ko") for form in ("eml", "html", "txt")} <= names
    assert "모임" in (season / "mails" / "reminder.ko.txt").read_text("utf-8")
    assert (season / "mails" / "confirmation.en.eml").read_bytes().isascii()


def test_a_template_of_ones_own_that_is_broken_is_told(season: Path, studybell: Call) -> None:
    settings = season / "studybell.toml"
    settings.write_text(settings.read_text("utf-8").replace("\n[mail]\n", '\n[mail]\ntemplates = "own"\n'), "utf-8")
    (season / "own" / "reminder").mkdir(parents=True)
    (season / "own" / "reminder" / "body.txt").write_text("{% if %}", "utf-8")

    said = studybell("preview", "mails")

    assert said.status == 0
    assert "reminder/body.txt" in said.err
