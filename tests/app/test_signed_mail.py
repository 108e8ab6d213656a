"""Signed mail: with a key in the settings every mail of the service is signed for the sender's domain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from service.app.service import open_app
from service.delivery.signing_key import SigningKey
from service.settings.loading import SettingsTrouble
from service.settings.values import Mail
from tests.app.conftest import House, join
from tests.delivery.signing_keys import KINDS, holds, make_key

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def test_every_mail_is_signed(house: House, tmp_path: Path) -> None:
    file = make_key(tmp_path, *KINDS["rsa"])
    settings = replace(house.settings, mail=Mail(sender="모임 종 <bell@example.org>", dkim=(("s1", file),)))

    async with open_app(settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time += timedelta(minutes=1)
        await app.worker.do_once()

    mails = [file.read_bytes() for file in (settings.data_dir / "mailbox" / "new").iterdir()]
    assert mails
    for mail in mails:
        assert holds(b"\r\n".join(mail.splitlines()) + b"\r\n", SigningKey.read("s1", file))


async def test_a_key_that_is_not_there_is_told_at_once(house: House) -> None:
    settings = replace(house.settings, mail=Mail(dkim=(("s1", house.settings.folder / "none.pem"),)))

    with pytest.raises(SettingsTrouble, match=r"mail\.dkim: .*none\.pem cannot be read"):
        async with open_app(settings, house.watch):
            pass
