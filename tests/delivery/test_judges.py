"""Judges that are not ours: what we sign holds before dkimpy, mailauth and OpenDKIM, and a changed byte does not."""

import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import pytest

from service.delivery.signing import Signer
from service.delivery.signing_key import SigningKey
from service.messages.proof import print_proofs, proof_addressee
from tests.delivery.office import BASE, announce, make_stationery
from tests.delivery.signing_keys import DOMAIN, KINDS, holds, make_key, publish
from tests.store.season import DAY_BEFORE

NODE = Path(__file__).parent / "node"
PASSES, FAILS = "pass", "fail"
Judge = Callable[[Sequence[bytes], Sequence[SigningKey]], list[list[str]]]
"""What becomes of the signatures of each mail, by what DNS says of some keys."""

MAILS = {
    f"{proof.name}.{proof.language}": proof.letter.address(proof_addressee(BASE), sent_at=DAY_BEFORE)
    for proof in print_proofs(make_stationery(), announce(), now=DAY_BEFORE)
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SigningKey]:
    folder = tmp_path_factory.mktemp("keys")
    return {kind: SigningKey.read(kind, make_key(folder, *words)) for kind, words in KINDS.items()}


def demand(there: object, what: str) -> None:
    """In CI nothing is skipped."""
    if not there:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is needed")


def judge_with_dkimpy(mails: Sequence[bytes], keys: Sequence[SigningKey]) -> list[list[str]]:
    """It needs another library for Ed25519: those it is not asked about."""
    return [[PASSES if holds(mail, *keys) else FAILS] for mail in mails]


def judge_with_mailauth(mails: Sequence[bytes], keys: Sequence[SigningKey]) -> list[list[str]]:
    demand(shutil.which("node") and (NODE / "node_modules").is_dir(), "node with `npm ci` in tests/delivery/node")
    asked = {"keys": publish(*keys), "mails": [b64encode(mail).decode() for mail in mails]}
    said = subprocess.run(
        ["node", "verify.mjs"],
        input=json.dumps(asked),
        cwd=NODE,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    expected = [[key.selector, key.algorithm] for key in keys]
    judged = json.loads(said.stdout)
    assert [[one[:2] for one in mail] for mail in judged] == [expected] * len(mails)
    return [[result if result == PASSES else FAILS for _, _, result in mail] for mail in judged]


@pytest.fixture
def judge_with_opendkim(tmp_path: Path) -> Judge:
    demand(shutil.which("opendkim"), "OpenDKIM")

    def judge(mails: Sequence[bytes], keys: Sequence[SigningKey]) -> list[list[str]]:
        listed = "".join(f"{name} {record}\n" for name, record in publish(*keys).items())
        (tmp_path / "keys").write_text(listed)
        (tmp_path / "conf").write_text(f"Mode v\nTestPublicKeys {tmp_path / 'keys'}\n")
        files = [tmp_path / f"{number}.eml" for number in range(len(mails))]
        for file, mail in zip(files, mails, strict=True):
            file.write_bytes(mail)
        command = ["opendkim", "-x", str(tmp_path / "conf"), "-vvv", "-t", ",".join(map(str, files))]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return [[result] for result in re.findall(r"\tdkim=(\w+)[^\n]* header\.a=rsa-sha256", said.stdout)]

    return judge


def sign(*keys: SigningKey) -> list[bytes]:
    return [Signer(DOMAIN, keys).sign(mail, DAY_BEFORE) for mail in MAILS.values()]


def spoil(mail: bytes) -> list[bytes]:
    """The mail with one thing changed: its words, who it is from, how to leave it, or a field added on top."""
    spoiled = [mail[:-60] + bytes([mail[-60] ^ 1]) + mail[-59:], b"From: Other <other@example.org>\r\n" + mail]
    for old, new in [
        (b"From: Bell", b"From: Hell"),
        (b"/unsubscribe/", b"/unsubscribed/"),
        (b"Subject: ", b"Subject: x"),
    ]:
        if old in mail:
            spoiled.append(mail.replace(old, new, 1))
    if b"List-Unsubscribe-Post" in mail:
        spoiled.append(re.sub(rb"List-Unsubscribe-Post: [^\r]*\r\n(?! )", b"", mail))
    return spoiled


def test_every_kind_of_mail_holds_before_dkimpy(keys: dict[str, SigningKey]) -> None:
    assert judge_with_dkimpy(sign(keys["rsa"]), [keys["rsa"]]) == [[PASSES]] * len(MAILS)


@pytest.mark.parametrize("kinds", [("rsa",), ("ed25519",), ("rsa", "ed25519"), ("ed25519", "rsa")], ids=" and ".join)
@pytest.mark.node
def test_every_kind_of_mail_holds_before_mailauth(keys: dict[str, SigningKey], kinds: tuple[str, ...]) -> None:
    chosen = [keys[kind] for kind in kinds]

    assert judge_with_mailauth(sign(*chosen), chosen) == [[PASSES] * len(chosen)] * len(MAILS)


@pytest.mark.parametrize("kinds", [("rsa",), ("rsa", "ed25519")], ids=" and ".join)
def test_every_kind_of_mail_holds_before_opendkim(
    keys: dict[str, SigningKey], kinds: tuple[str, ...], judge_with_opendkim: Judge
) -> None:
    mails = sign(*(keys[kind] for kind in kinds))

    assert judge_with_opendkim(mails, [keys["rsa"]]) == [[PASSES]] * len(MAILS)


def test_a_changed_mail_does_not_hold_before_dkimpy(keys: dict[str, SigningKey]) -> None:
    spoiled = list(chain.from_iterable(map(spoil, sign(keys["rsa"]))))

    assert judge_with_dkimpy(spoiled, [keys["rsa"]]) == [[FAILS]] * len(spoiled)


@pytest.mark.node
def test_a_changed_mail_does_not_hold_before_mailauth(keys: dict[str, SigningKey]) -> None:
    chosen = list(keys.values())
    spoiled = list(chain.from_iterable(map(spoil, sign(*chosen))))

    assert judge_with_mailauth(spoiled, chosen) == [[FAILS, FAILS]] * len(spoiled)


def test_a_changed_mail_does_not_hold_before_opendkim(keys: dict[str, SigningKey], judge_with_opendkim: Judge) -> None:
    spoiled = list(chain.from_iterable(map(spoil, sign(keys["rsa"]))))

    assert judge_with_opendkim(spoiled, [keys["rsa"]]) == [[FAILS]] * len(spoiled)


def test_another_key_does_not_hold(keys: dict[str, SigningKey], tmp_path: Path) -> None:
    other = SigningKey.read("rsa", make_key(tmp_path, *KINDS["rsa"]))

    assert judge_with_dkimpy(sign(keys["rsa"])[:1], [other]) == [[FAILS]]
