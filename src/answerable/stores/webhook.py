"""One message to another system, signed as the Standard Webhooks specification has it (standardwebhooks.com, v1).

The receiver recomputes HMAC-SHA256 over `id.timestamp.body` with the shared key, and refuses an old timestamp.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

from answerable.errors import StorageError
from answerable.stores.durable_files import create_file

WAIT_S = 5.0
KEY_FILE = "webhook.key"
KEY_BEGINS = "whsec_"
KEY_BYTES = 32


def _straight() -> urllib.request.OpenerDirector:
    """Without redirects and proxies: a message goes where it was addressed to, and nowhere else."""
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        made.add_handler(handler())
    return made


_opener = _straight()


def webhook_key(folder: Path) -> bytes:
    """The key that receivers share, made at first use in a file that only its owner reads. Raises StorageError."""
    path = folder / KEY_FILE
    if not path.exists():
        made = KEY_BEGINS + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        create_file(path, made.encode() + b"\n", mode=0o600)
    try:
        return base64.b64decode(path.read_text(encoding="ascii").strip().removeprefix(KEY_BEGINS), validate=True)
    except (OSError, ValueError) as fault:
        raise StorageError(f"{path}: the key cannot be read") from fault


def signature(key: bytes, *, id: str, at_s: int, body: bytes) -> str:  # noqa: A002
    """What stands in `webhook-signature`."""
    signed = hmac.new(key, b"%b.%d.%b" % (id.encode(), at_s, body), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def deliver(address: str, body: bytes, *, id: str, at_s: int, key: bytes) -> int:  # noqa: A002
    """Send one message: the status of its answer, 0 where nobody answered in time."""
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(key, id=id, at_s=at_s, body=body),
    }
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")  # noqa: S310  checked before
    try:
        with _opener.open(request, timeout=WAIT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except (OSError, HTTPException, ValueError):
        return 0
