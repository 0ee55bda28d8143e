"""The whole story, played by five people in five browsers, from the first call to the signed finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.support.another_site import another_site
from tests.support.desk_house import DeskHouse, desk_house, password_of

from answerable.proof.note import SigningKey
from answerable.proof.verifier import Verdict
from answerable.watch.people import Role
from answerable.wiring import read_trust, verify_paths

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

KEY = SigningKey(name="ombudsman.alder.example", seed=bytes(range(32, 64)))
AGENCY = "Federal Protective Service"
PEOPLE = (
    ("ada", Role.CALL_TAKER, None, "Alder City Police"),
    ("dana", Role.DISPATCHER, None, "Alder City Police"),
    ("chief", Role.WATCH_COMMANDER, "deputy_chief", "Alder City Police"),
    ("fern", Role.REQUESTER, None, AGENCY),
    ("aud", Role.AUDITOR, None, "Ombudsman of Alder City"),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskHouse]:
    with desk_house(tmp_path) as made:
        yield made


@pytest.fixture
def pages(house: DeskHouse, chromium: Browser) -> Iterator[dict[str, Page]]:
    """Everybody's browser, logged in by the form as people do."""
    contexts = []
    found = dict[str, Page]()
    for name, role, rank, agency in PEOPLE:
        house.person(name, role, rank=rank, agency=agency)
        context = house.browser(chromium, accept_downloads=True)
        page = house.open(context, "/log-in")
        page.get_by_label("Name", exact=False).first.fill(name)
        page.get_by_label("Password").fill(password_of(name))
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda url: "/log-in" not in url)
        found[name] = page
        contexts.append(context)
    yield found
    for context in contexts:
        context.close()


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=re.compile(question)).get_by_label(answer, exact=True).check()


def sign(page: Page, *, name: str) -> None:
    """The form of the signature, filled in."""
    for label, said in (
        ("To", "the City Council"), ("Place and date", "Alder City, today"), ("Your name", name),
        ("Office", "Ombudsman"), ("Rank", "auditor"), ("On behalf of", "Office of the Ombudsman"),
        ("Signing key", KEY.secret_text()),
    ):  # fmt: skip
        field = page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} (optional)", exact=True))
        field.fill(said)
    page.get_by_label("I decided none of the calls").check()
    page.get_by_role("button", name="Sign", exact=True).click()


def test_from_the_first_call_to_the_signed_finding(  # noqa: PLR0915  one story, told in one go
    house: DeskHouse, pages: dict[str, Page], tmp_path: Path
) -> None:
    ada, dana, chief, fern, aud = (pages[name] for name, *_ in PEOPLE)
    dana.goto(f"{house.url}/board")
    chief.goto(f"{house.url}/board")
    expect(dana.get_by_text("Nobody waits.")).to_be_visible()

    # a federal officer calls for help from the building; nobody says yet whether anybody may be hurt
    ada.goto(f"{house.url}/calls/new")
    choose(ada, "Who is asking", "federal agency")
    choose(ada, "Where is help needed", "federal property")
    ada.get_by_label("What is happening").fill("A crowd at the gate is throwing bottles")
    ada.get_by_label("Address or place").fill("4310 S Customs Quay")
    ada.get_by_label("What priority has the call?").fill("2")
    ada.get_by_role("button", name="Enter the call").click()
    expect(ada.get_by_role("status").first).to_contain_text("Call received. Receipt ")
    first_call = ada.url.split("?")[0].rpartition("/")[2]

    # the dispatcher sees it come, answers the open questions in its row, and responds with one key
    row = dana.locator(f'tbody.call[data-id="{first_call}"]')
    expect(row).to_contain_text("A crowd at the gate is throwing bottles")
    expect(row).to_contain_text("Must respond")
    dana.keyboard.press("j")
    expect(row.locator("a.number")).to_be_focused()
    for left in (2, 1, 0):
        dana.keyboard.press("n")
        expect(row.locator(".questions li")).to_have_count(left)
    dana.keyboard.press("r")
    expect(dana.locator("#say")).to_contain_text("Response recorded")
    expect(row).to_contain_text("Accepted, nobody sent yet")
    dana.goto(f"{house.url}/c/{first_call}/unit")
    dana.get_by_label("Unit").fill("4A12")
    dana.get_by_label("dispatched", exact=True).check()
    dana.get_by_role("button", name="Record it").click()
    expect(dana.locator("main")).to_contain_text("Unit sent")

    # a second call from the building is taken, and nobody does anything about it
    ada.goto(f"{house.url}/calls/new")
    choose(ada, "anyone's life or safety", "no")
    choose(ada, "officer reported assaulted", "no")
    choose(ada, "unable to leave safely", "no")
    choose(ada, "Who is asking", "federal agency")
    choose(ada, "Where is help needed", "federal property")
    ada.get_by_label("What is happening").fill("A window was smashed at the back")
    ada.get_by_label("What priority has the call?").fill("1")
    ada.get_by_role("button", name="Enter the call").click()
    expect(ada.get_by_role("status").first).to_contain_text("Call received.")
    unheard = ada.url.split("?")[0].rpartition("/")[2]

    # the agency asks for more officers
    fern.goto(f"{house.url}/requests/new")
    expect(fern.locator("main")).to_contain_text("This is not 911.")
    expect(fern.locator("main")).to_contain_text(AGENCY)
    fern.get_by_label("What is asked for").fill("Twenty officers at the building, from 18:00 to 06:00")
    choose(fern, "life or safety at risk", "no")
    choose(fern, "officer reported assaulted", "no")
    choose(fern, "unable to leave safely", "no")
    choose(fern, "Emergency help, or additional resources", "additional resources")
    choose(fern, "Who is asking", "federal agency")
    choose(fern, "Where is help needed", "federal property")
    choose(fern, "exhausted", "no")
    choose(fern, "own", "no")
    fern.get_by_role("button", name="Send the request").click()
    expect(fern.get_by_role("status").first).to_contain_text("Your request is recorded. Receipt ")
    request = fern.url.split("?")[0].rpartition("/")[2]

    # the dispatcher acknowledges it, which is no acceptance; a refusal is not hers to give
    dana.goto(f"{house.url}/board")
    asked = dana.locator(f'tbody.call[data-id="{request}"]')
    expect(asked).to_contain_text("May decline")
    asked.locator("a.number").focus()
    dana.keyboard.press("a")
    expect(asked).to_contain_text("Seen, not decided")
    dana.keyboard.press("d")
    expect(dana.locator("#say")).to_contain_text("Only a deputy chief or above may decline this")
    fern.reload()
    expect(fern.locator("main")).to_contain_text("seen, not decided")

    # the deputy chief declines it with the clause's conditions
    chief.goto(f"{house.url}/c/{request}/decline")
    expect(chief.locator("main")).to_contain_text("Directive B.4")
    chief.get_by_label("Reason", exact=True).select_option("ALTERNATIVES_NOT_EXHAUSTED")
    chief.get_by_label("I decide this").check()
    chief.get_by_role("button", name="Decline, with these conditions").click()
    expect(chief.get_by_role("status").first).to_contain_text("Refusal recorded")
    expect(chief.locator("main")).to_contain_text("A refusal stands")
    expect(dana.locator("#standing")).to_contain_text(AGENCY)
    expect(dana.locator("#standing")).to_contain_text("Review due in 23 h")

    # the agency reads the notice
    fern.reload()
    expect(fern.locator("main")).to_contain_text("A refusal stands")
    fern.get_by_role("button", name="I have read the notice").click()
    expect(fern.locator("main")).not_to_contain_text("not read yet")

    # one of its officers is attacked: the refusal stands no more, and the board rings
    fern.locator("summary", has_text="Report a fact that changed").click()
    attacked = fern.locator("details li", has_text="Has an officer of any agency been attacked?")
    attacked.get_by_role("button", name="Yes").click()
    expect(fern.locator("main")).to_contain_text("Must respond")
    alarm = dana.locator("#alarms li", has_text="LIFE SAFETY ON A REFUSAL")
    expect(alarm).to_be_visible()
    expect(asked).to_contain_text("Must respond")
    expect(dana.locator("#standing")).to_contain_text("No denial stands.")
    alarm.get_by_role("button", name="Acknowledge").click()
    expect(alarm).to_have_count(0)

    # the dispatcher responds, and a unit gets there
    asked.locator("a.number").focus()
    dana.keyboard.press("r")
    expect(dana.locator("#say")).to_contain_text("recorded for")
    for moved, said in (("dispatched", "Unit sent"), ("on scene", "Unit there")):
        dana.goto(f"{house.url}/c/{request}/unit")
        dana.get_by_label("Unit").fill("4A17")
        dana.get_by_label(moved, exact=True).check()
        dana.get_by_role("button", name="Record it").click()
        expect(dana.locator("main")).to_contain_text(said)

    # the second call goes unheard while everybody looks at the gate
    house.clock.on(6 * 60)
    dana.goto(f"{house.url}/board")
    expect(dana.locator(f'tbody.call[data-id="{unheard}"]')).to_contain_text("LATE")
    expect(dana.locator("#alarms")).to_contain_text("UNHEARD")

    # the auditor opens the allegation and puts it to the record
    aud.goto(f"{house.url}/allegations/new")
    aud.get_by_label("Calls were left without an answer").check()
    aud.get_by_label("In one sentence").fill("Calls of federal officers from their building were ignored.")
    aud.get_by_label("Who says so").fill("Counsel for the union of federal officers")
    aud.get_by_label("Calls or requests it is about").fill(f"{first_call} {unheard} {request}")
    aud.get_by_role("button", name="Open it").click()
    expect(aud.locator("main")).to_contain_text("It was not put to the record yet.")
    aud.get_by_role("button", name="Put it to the record").click()
    found = aud.locator("section", has_text="What the record says")
    expect(found).to_contain_text("The record supports (proposed, unsigned):")
    expect(found).to_contain_text("Sustained.")
    expect(found.locator("tbody tr", has_text="unheard")).to_have_count(1)

    # those concerned are asked, the chief's office replies, and the auditor signs with a key of their own
    aud.get_by_role("button", name="Propose this finding").click()
    expect(aud.locator("main")).to_contain_text("Nobody has been asked for a reply yet. Without that nobody can sign.")
    aud.get_by_label("Who was asked").fill("Chief of Police")
    aud.get_by_label("Until when").fill("2099-01-01")
    aud.get_by_role("button", name="Note that they were asked").click()
    sign(aud, name="Iris Vale")
    expect(aud.locator("main")).to_contain_text("Nothing was recorded.")
    aud.trouble.clear()  # type: ignore[attr-defined]  # the browser writes down that the desk refused
    aud.locator("summary", has_text="Enter a reply").click()
    aud.get_by_label("What they say").fill("Nobody saw the second call on the board. That was our fault.")
    aud.get_by_role("button", name="Enter the reply").click()
    sign(aud, name="Iris Vale")
    expect(aud.get_by_role("status").first).to_contain_text("Signed.")
    expect(aud.locator("main")).to_contain_text("by Iris Vale, Ombudsman (auditor), Office of the Ombudsman")
    (result,) = house.desk.record.folder.path.glob("examinations/*/0001/result")
    key = tmp_path / "log.vkey"
    key.write_text(f"{house.desk.record.keyring.verifiers[0]}\n", encoding="ascii")
    signer = tmp_path / "signer.vkey"
    signer.write_text(f"{KEY.verifier}\n", encoding="ascii")
    held = verify_paths([result], trust=read_trust(None, [str(key), str(signer)]))
    assert held.verdict is Verdict.PROVED, [(one.refuted, one.cannot_tell) for _, one in held.files]

    # it is published, and anybody reads it, on another site too
    aud.get_by_role("button", name="Publish").click()
    expect(aud.get_by_role("status").first).to_contain_text("Published.")
    link = str(aud.get_by_role("link", name="The pages").get_attribute("href"))
    anybody = house.open(house.browser(fern.context.browser), link)  # type: ignore[arg-type]
    expect(anybody.locator("body")).to_contain_text("Iris Vale")
    framing = f'<iframe src="{house.url}/embed{link.rstrip("/")}"></iframe><iframe src="{house.url}{link}"></iframe>'
    with another_site(framing) as press:
        anybody.goto(press)
        expect(anybody.frame_locator("iframe").first.locator("main")).to_contain_text("Signed and published")
        expect(anybody.frame_locator("iframe").last.locator("main")).to_have_count(0)  # its own pages nobody frames
    anybody.context.close()

    # whoever holds the receipt of the unheard call verifies it alone
    receipt = tmp_path / "call.tlog-proof"
    receipt.write_bytes(house.desk.receipt(unheard))
    judged = verify_paths([receipt], trust=read_trust(None, [str(key)]))
    assert judged.verdict is Verdict.PROVED

    for name, page in pages.items():
        assert page.trouble == [], name  # type: ignore[attr-defined]
