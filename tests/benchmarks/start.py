"""The start of the service with the sample season: to the first 200, against importing the libraries it stands on."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from service.resources import CONFIG
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.process import SERVICE, read_kib, started
from tests.whole.installation import free_port

__all__ = ["run"]

_FLOOR = "import asyncio, uvloop, uvicorn.protocols.http.httptools_impl, starlette.applications, sqlalchemy"


def run() -> None:
    """Five starts, with a database that is there already."""
    with TemporaryDirectory(prefix="studybell-bench-") as name:
        folder, port = Path(name), free_port()
        settings = (CONFIG / "studybell.example.toml").read_text().replace("8000", str(port))
        (folder / "studybell.toml").write_text(settings)
        shutil.copy(CONFIG / "ssl-season4.md", folder)
        memory: list[int] = []
        starts: list[float] = []

        def start() -> None:
            command = [*SERVICE, str(folder / "studybell.toml")]
            with started(command, port, "/ssl-season4.ics", log=folder / "serve.log") as service:
                memory.append(read_kib(service))
                starts.append(service.seconds)

        def load_libraries() -> None:
            subprocess.run([sys.executable, "-c", _FLOOR], check=True)

        start()
        starts.clear()
        _, floor = best_of(start, load_libraries)
    report("start to the first 200", min(starts), floor, "importing its libraries only")
    print(f"{'memory after the start':<48} {min(memory) / 1024:9.1f} MiB")
