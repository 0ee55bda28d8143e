"""A Spark cluster on the loopback: one master and two workers, processes of our own, which end with the test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

HOST, WORKERS, SECONDS = "127.0.0.1", 2, 60
_CLASS = "org.apache.spark.deploy"


def missing() -> str | None:
    """What a cluster lacks here; None where it can be started."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed"
    return None if shutil.which("java") else "there is no Java"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start it; the address of its master. Raises AssertionError where it does not come up."""
    port = _free_port()
    address = f"spark://{HOST}:{port}"
    with ExitStack() as running:
        log = _start(running, folder, "master", f"{_CLASS}.master.Master", "--host", HOST, "--port", str(port))
        _wait(log, "I have been elected leader")
        for number in range(WORKERS):
            where = folder / f"worker-{number}"
            words = ("--host", HOST, "--cores", "1", "--memory", "1g", "--work-dir", str(where), address)
            log = _start(running, folder, where.name, f"{_CLASS}.worker.Worker", *words)
            _wait(log, "Successfully registered with master")
        yield address


def workers_that_ran(folder: Path) -> int:
    """How many workers had an executor that did something."""
    return sum(any((folder / f"worker-{number}").glob("app-*/*/stderr")) for number in range(WORKERS))


def _start(running: ExitStack, folder: Path, name: str, *words: str) -> Path:
    import pyspark  # noqa: PLC0415  an optional extra

    log = folder / f"{name}.log"
    environment = {**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1"}
    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [str(program), *words, "--webui-port", "0"], stdout=written, stderr=written, env=environment
        )
    running.callback(_end, process)
    return log


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(log: Path, for_text: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if for_text in log.read_text(errors="replace"):
            return
        time.sleep(0.2)
    raise AssertionError(f"{log.name} never said {for_text!r}:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
