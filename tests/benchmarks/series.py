"""A thousand series of fifty sessions: start with a warm store, memory, and feeds while ten series change a second."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.benchmarks.process import SERVICE, Started, read_kib, started
from tests.whole.installation import free_port

__all__ = ["run"]

_SERIES, _SESSIONS = 1000, 50
_EDITS_A_SECOND, _SECONDS = 10, 10
_PAUSE_SECONDS = 0.01
_BEGIN = date(2036, 9, 1)


def run() -> None:
    """It takes some minutes: the first start reads every document."""
    with TemporaryDirectory(prefix="studybell-bench-") as name:
        folder, port = Path(name), free_port()
        _install(folder, port)
        command, log = [*SERVICE, str(folder / "studybell.toml")], folder / "serve.log"
        with started(command, port, "/s0.ics", log=log) as service:
            print(f"{_SERIES} series, first start {service.seconds:6.1f} s")
        for _ in range(3):
            with started(command, port, "/s1.ics", log=log) as service:
                time.sleep(1)
                print(f"{_SERIES} series, start {service.seconds:6.2f} s, {read_kib(service) / 1024:6.1f} MiB")
        with started(command, port, "/s2.ics", log=log) as service:
            time.sleep(5)
            quiet = asyncio.run(_ask(service, folder, edits=0))
            busy = asyncio.run(_ask(service, folder, edits=_EDITS_A_SECOND))
            _tell("feeds, nothing edited", quiet)
            _tell(f"feeds, {_EDITS_A_SECOND} edits a second", busy)
            print(f"{_SERIES} series, {read_kib(service) / 1024:6.1f} MiB at the end")


async def _ask(service: Started, folder: Path, *, edits: int) -> Sequence[float]:
    """Ask for feeds of random series, one after the other; how long each took in seconds."""
    chance, took, edited = random.Random(edits), [], 0
    address = f"http://127.0.0.1:{service.port}"
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < _SECONDS:
            while edited < passed * edits:
                edited += 1
                number = chance.randrange(_SERIES)
                (folder / f"s{number}.md").write_text(_write_document(number, edited))
            asked = time.perf_counter()
            answer = await client.get(f"/s{chance.randrange(_SERIES)}.ics")
            took.append(time.perf_counter() - asked)
            assert answer.status_code == 200
            await asyncio.sleep(_PAUSE_SECONDS)
    return took


def _tell(what: str, took: Sequence[float]) -> None:
    last = statistics.quantiles(took, n=100)[98]
    print(
        f"{what}: median {statistics.median(took) * 1000:.1f} ms, 99 of 100 within {last * 1000:.1f} ms ({len(took)})"
    )


def _install(folder: Path, port: int) -> None:
    tables = [f'base_url = "http://127.0.0.1:{port}"\n[http]\nport = {port}\n']
    for number in range(_SERIES):
        (folder / f"s{number}.md").write_text(_write_document(number))
        tables.append(f'[[series]]\nslug = "s{number}"\nsource = "s{number}.md"\ntimezone = "Asia/Seoul"\n')
    (folder / "studybell.toml").write_text("".join(tables))


def _write_document(number: int, edition: int = 0) -> str:
    """A weekly season in Korean; an edition has another speaker in its last week."""
    speakers = ["김하나, 이두리"] * (_SESSIONS - 1) + [f"발표자 {edition}"]
    rows = "\n".join(
        f"| {week + 1} 주차 | {_BEGIN + timedelta(weeks=week)} | [논문 {number}-{week}: 큰 모형의 정렬 학습]"
        f"(https://arxiv.org/abs/2203.{week:05}) | 예시 대학교 | {speaker} |"
        for week, speaker in enumerate(speakers)
    )
    return f"# 논문 모임 {number}\n\n| 주차 | 날짜 | 논문 | 소속 | 발표자 |\n|---|---|---|---|---|\n{rows}\n"
