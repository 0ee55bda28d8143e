"""Witnesses that listen on this machine for as long as a test runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from answerable import wiring
from answerable.cli.witness_server import witness_server
from answerable.proof.note import VerifierKey


@contextmanager
def listening_witness(folder: Path, *, name: str, logs: Sequence[VerifierKey]) -> Iterator[tuple[str, str]]:
    """A witness for `logs`: its key and its address."""
    with wiring.open_witness(folder, name=name, logs=logs) as opened:
        server = witness_server(opened, host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield opened.key, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
