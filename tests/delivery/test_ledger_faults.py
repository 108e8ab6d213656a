"""Every fault of a relay at every step, as it stands in the ledger: at once, and when the relay is well again."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copy2

import pytest

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Commit, Follow, Line, Transport, nobody
from service.store.database import Database
from service.store.ledger import Delivery, DeliveryState
from service.store.schema import upgrade
from tests.delivery.conftest import Certificate
from tests.delivery.faults import Fault, Step
from tests.delivery.office import Office
from tests.delivery.scripted import ScriptedServer
from tests.delivery.test_smtp_faults import list_extensions, make_relay
from tests.store.season import MINUTE

# What stands in the ledger after the one mail met the fault:
#   waits   planned again within seconds, the attempt does not count: it was the relay's trouble, not this mail's
#   again   planned again after a minute, the attempt counts: the relay said "not now" to this mail
#   failed  the relay said "no" to this mail
#   doubt   planned again after ten minutes and listed: the mail may have been taken
#   sent
# A body whose relay stalls is in doubt, too: small as it is, it lies in the system's buffers with its dot.
LEDGER = """
            close   RST     stall   421     4xx     5xx     garbage 1byte/s 10MB
connect     waits   waits   waits   waits   waits   waits   waits   waits   waits
banner      waits   waits   waits   waits   waits   waits   waits   waits   waits
ehlo        waits   waits   waits   waits   waits   waits   waits   waits   waits
tls         waits   waits   waits   waits   waits   waits   waits   waits   waits
auth        waits   waits   waits   waits   waits   waits   waits   waits   waits
rset        waits   waits   waits   waits   waits   waits   waits   waits   waits
mail        waits   waits   waits   waits   waits   waits   waits   waits   waits
rcpt        waits   waits   waits   waits   again   failed  waits   waits   waits
data        waits   waits   waits   waits   again   failed  waits   waits   waits
body        waits   waits   doubt   waits   again   failed  waits   waits   waits
dot         doubt   doubt   doubt   again   again   failed  doubt   doubt   doubt
quit        sent    sent    sent    sent    sent    sent    sent    sent    sent
"""
_, *ROWS = LEDGER.strip().splitlines()
EXPECTED = {step: dict(zip(Fault, words, strict=True)) for step, *words in map(str.split, ROWS)}
SECURED = (Step.TLS, Step.AUTH)
HEALED_AFTER = 11 * MINUTE


@dataclass
class Patient:
    """A way to the relay on which the ledger's last word waits until the fault in the body has struck."""

    transport: Transport
    server: ScriptedServer

    async def connect(self) -> Line:
        return _PatientLine(await self.transport.connect(), self.server)


@dataclass
class _PatientLine:
    line: Line
    server: ScriptedServer

    @property
    def usable(self) -> bool:
        return self.line.usable

    async def hand_over(self, envelope: Envelope, commit: Commit, follow: Follow = nobody, /) -> Outcome:
        async def late() -> bool:
            if Step.BODY in self.server.faults:
                await self.server.struck.wait()
                await asyncio.sleep(0.1)  # until what the server did has arrived
            return await commit()

        return await self.line.hand_over(envelope, late, follow)

    async def close(self) -> None:
        await self.line.close()


def describe(row: Delivery, left: timedelta) -> str:
    """The word of the table for a delivery that is tried again after `left`."""
    if row.state is not DeliveryState.PLANNED:
        return str(row.state)
    known = {(0, 0): "waits", (1, 0): "again", (1, 1): "doubt"}
    word = known.get((row.attempts, row.doubts), f"attempts {row.attempts}, doubts {row.doubts}")
    in_time = {"waits": left <= MINUTE / 12, "again": 0.8 <= left / MINUTE <= 1.2, "doubt": left == 10 * MINUTE}
    return word if in_time[word] else f"{word} for {left}"


async def meet(step: Step, fault: Fault, certificate: Certificate, file: Path) -> tuple[str, str, int]:
    """One mail meets the fault, and then a relay that is well: the ledger's word both times, and how many dots came."""
    database = Database(file)
    office = Office(database, file.parent)
    await office.open(people=2 if step is Step.RSET else 1)
    server = ScriptedServer(
        {step: fault},
        extensions=list_extensions(step, pipelining=True),
        context=certificate.serve() if step in SECURED else None,
        implicit_tls=step is Step.AUTH,
    )
    if step is Step.RSET:  # it is said behind a refusal only
        server.unknown = {"reader0@example.org"}
    async with server:
        trusted = certificate.trust() if step in SECURED else None
        transport = SmtpTransport(make_relay(server.port, step, fault), trusted)
        courier = office.employ(Patient(transport, server), connections=1)
        await courier.deliver_due()
        *_, row = await office.rows()
        first = describe(row, row.next_at - office.time)
        server.faults.clear()
        office.time += HEALED_AFTER
        await courier.deliver_due()
        *_, row = await office.rows()
    database.close()
    return first, str(row.state), len([one for one in server.accepted if row.address in one.recipients])


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the present schema, to be copied."""
    file = tmp_path_factory.mktemp("blank") / "studybell.db"
    database = Database(file)
    database.submit(upgrade).result()
    database.close()
    return file


@pytest.mark.parametrize("step", EXPECTED)
async def test_the_ledger_says_what_a_fault_left_behind_and_in_the_end_the_mail_is_there(
    step: str, certificate: Certificate, blank: Path, tmp_path: Path
) -> None:
    files = [Path(copy2(blank, tmp_path / f"{number}.db")) for number in range(len(Fault))]
    meetings = [meet(Step(step), fault, certificate, file) for fault, file in zip(Fault, files, strict=True)]
    results = dict(zip(Fault, await asyncio.gather(*meetings), strict=True))

    assert {fault: first for fault, (first, _, _) in results.items()} == EXPECTED[step]
    for fault, (first, last, dots) in results.items():
        assert last == ("failed" if first == "failed" else "sent"), fault
        assert dots <= (2 if step == Step.DOT else 1), fault


def test_every_step_and_every_fault_is_in_the_table() -> None:
    assert set(EXPECTED) == set(Step)
    assert sum(map(len, EXPECTED.values())) == 108
