"""`preview`: every mail, as files to look at."""

from email import message_from_bytes, policy
from pathlib import Path

import click

from service.app.mail import prepare_stationery
from service.app.publishing import announce_series
from service.cli.configured import configured
from service.clock import SystemClock
from service.messages.proof import print_proofs, proof_addressee
from service.settings.values import Settings

__all__ = ["preview"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="preview")
@configured
def preview(settings: Settings, folder: Path) -> None:
    """Write every mail, in every language, to FOLDER.

    Each as .eml, .html and .txt, with the sender and the templates of the settings.
    """
    now = SystemClock().now()
    stationery = prepare_stationery(settings)
    folder.mkdir(parents=True, exist_ok=True)
    problems = list(stationery.problems)
    for proof in print_proofs(stationery, announce_series(settings.series[0], settings), now=now):
        content = proof.letter.address(proof_addressee(settings.base_url), sent_at=now)
        mail = message_from_bytes(content, policy=policy.default)
        name = folder / f"{proof.name}.{proof.language}"
        name.with_suffix(f"{name.suffix}.eml").write_bytes(content)
        for kind, suffix in (("plain", "txt"), ("html", "html")):
            part = mail.get_body((kind,))
            name.with_suffix(f"{name.suffix}.{suffix}").write_text(part.get_content() if part else "", "utf-8")
        problems += proof.letter.problems
    for problem in dict.fromkeys(problems):
        click.secho(f"problem: {problem}", fg="red", err=True)
    click.echo(f"look into {folder}/")
