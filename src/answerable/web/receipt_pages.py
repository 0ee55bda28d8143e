"""For whoever holds a receipt, and has no account: how the call stands, the receipt to keep, the page that checks it.

Neutral to look at: a telephone may be in the wrong hands. No place, no nature, no name is on any of these pages. The
secret travels behind the # of a link, which browsers do not send; from there the page puts it into the form.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from answerable.proof.receipt import Receipt, carry
from answerable.record.ids import new_id
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.web.access import public
from answerable.web.account_pages import qr_svg
from answerable.web.page import awaited, desk_of, form_of, in_thread, render, site_of
from answerable.web.problems import refused
from answerable.web.routes import Limit, Route
from answerable.wiring.desk import Done

CALLER = Actor(id="public", role=Role.CALLER)
"""Whoever calls by the public form: nobody asks who it is."""

MOST_NUMBER, MOST_SECRET = 80, 80
LONGEST = {"what": 4_000, "place": 4_000, "phone": 300, "caller_name": 300}
NOT_TOGETHER = "That number and that secret do not belong together. Both stand on the receipt."
_SHOWN = re.compile(r"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\">")


async def status_page(request: Request) -> Response:
    """Asks for a receipt's number and secret."""
    return render(request, "status.html", number=request.path_params.get("number", "")[:MOST_NUMBER], sorry="")


async def status(request: Request) -> Response:
    """How a call stands: when it came, what was done, and when; nothing of where and what."""
    form = await form_of(request)
    number, secret = form.get("number", "")[:MOST_NUMBER].strip(), form.get("secret", "")[:MOST_SECRET].strip()
    found = await in_thread(desk_of(request).status_by_receipt, number, secret)
    if found is None:
        return render(request, "status.html", status=404, number=number, sorry=NOT_TOGETHER)
    return render(request, "status_shown.html", found=found, link=receipt_link(request, number, secret))


async def receipt_file(request: Request) -> Response:
    """The receipt as a file: `parts=all` with everything that was told, else without it, for showing around."""
    form = await form_of(request)
    number, secret = form.get("number", "")[:MOST_NUMBER].strip(), form.get("secret", "")[:MOST_SECRET].strip()
    desk = desk_of(request)
    found = await in_thread(desk.status_by_receipt, number, secret)
    if found is None:
        raise refused(404, "not-found", NOT_TOGETHER)
    whole = await in_thread(desk.receipt, found.id)
    text = whole if form.get("parts") == "all" else without_private(whole)
    headers = {"content-disposition": 'attachment; filename="receipt.tlog-proof"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


async def call_page(request: Request) -> Response:
    """The public form."""
    return render(request, "call_form.html", sorry="", typed={}, id=_new_id(request))


async def call(request: Request) -> Response:
    """Takes a call from the public form, and gives its receipt. Sending the form twice is one call."""
    form = await form_of(request)
    typed = {name: form.get(name, "").strip() for name in ("what", "place", "phone", "caller_name")}
    sorry = _missing(typed)
    if sorry:
        return render(request, "call_form.html", status=422, sorry=sorry, typed=typed, id=form.get("id", ""))
    facts = {"life_safety": form["life_safety"] == "yes"} if form.get("life_safety") in {"yes", "no"} else {}
    command = do.ReceiveCall(
        id=checked_id(form.get("id", "")),
        facts=dict(facts),
        narrative=typed["what"],
        place=typed["place"] or None,
        phone=typed["phone"] or None,
        caller_name=typed["caller_name"] or None,
    )
    done = await awaited(desk_of(request).do(command, by=CALLER))
    return shown_receipt(request, done)


def _missing(typed: dict[str, str]) -> str:
    """What is wrong with the public form, in words; empty where nothing is."""
    if not typed["what"]:
        return "Say in a few words what is wrong."
    for name, most in LONGEST.items():
        if len(typed[name]) > most:
            return f"That is too long: at most {most:,} letters fit into one field."
    return ""


def shown_receipt(request: Request, done: Done) -> HTMLResponse:
    """The page that a caller is given: number, secret, QR code, link. It says nothing of what was told."""
    number = done.spoken or done.id
    link = receipt_link(request, number, done.secret or "")
    qr = qr_svg(link, what="The link to this receipt as a QR code")
    status, secret = 202 if done.spooled else 201, in_groups(done.secret or "")
    return render(request, "receipt.html", status=status, done=done, number=number, secret=secret, link=link, qr=qr)


def in_groups(secret: str) -> str:
    """A secret as people copy it: letters in fives. It is read with or without the blanks."""
    return " ".join(secret[at : at + 5] for at in range(0, len(secret), 5))


def receipt_link(request: Request, number: str, secret: str) -> str:
    """Where a receipt's holder sees how it stands. What is behind the # stays in the browser."""
    return f"{site_of(request).settings.url}/r/{number}#{secret}"


def without_private(receipt: bytes) -> bytes:
    """The same receipt without what was told: it proves the same entry, and shows only what the log shows."""
    whole = Receipt.parse(receipt)
    entry = whole.carried().entry
    bare = Receipt(
        index=whole.index,
        proof=whole.proof,
        checkpoint=whole.checkpoint,
        extra=None if entry is None else carry(entry),
    )
    return bare.text().encode()


async def verify_page(_request: Request) -> Response:
    """The verifier: one file that works from a disk too. It has a policy of its own, which names its two parts."""
    page, policy = _verifier()
    return HTMLResponse(page, headers={"content-security-policy": policy, "cache-control": "no-cache"})


@cache
def _verifier() -> tuple[bytes, str]:
    page = (resources.files("answerable.proof.verifier") / "verifier.html").read_bytes()
    found = _SHOWN.search(page.decode("utf-8"))
    if found is None:
        raise LookupError("the verifier's page says no policy")
    return page, f"{found[1]}; frame-ancestors 'none'"


def checked_id(text: str) -> str:
    """The id that a form was made with. Raises RefusedError 422."""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.ASCII) is None:
        raise refused(422, "not-valid", "The form is not whole. Load the page again.")
    return text


def _new_id(request: Request) -> str:
    site = site_of(request)
    return new_id(site.now_us, site.chance)


ROUTES = (
    Route(method="GET", path="/status", handler=status_page, access=public(), summary="Asks for a receipt's number"),
    Route(
        method="POST", path="/status", handler=status, access=public(), form=True, limit=Limit.LOOK_UP,
        summary="How a call stands, by its receipt",
    ),
    Route(method="GET", path="/r/{number}", handler=status_page, access=public(), summary="The link of a receipt"),
    Route(
        method="POST", path="/receipt", handler=receipt_file, access=public(), form=True, limit=Limit.LOOK_UP,
        media="text/plain", summary="A receipt as a file, by its number and secret",
    ),
    Route(method="GET", path="/call", handler=call_page, access=public(), summary="The public form; it is not 911"),
    Route(
        method="POST", path="/call", handler=call, access=public(), form=True, limit=Limit.PUBLIC_FORM, status=201,
        summary="A call by the public form",
    ),
    Route(
        method="GET", path="/verify", handler=verify_page, access=public(), keeps=True,
        summary="The page that checks receipts, in the browser alone",
    ),
)  # fmt: skip
