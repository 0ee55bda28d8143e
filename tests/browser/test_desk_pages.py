"""Every page of the desk: hostile words run nothing, nothing is inaccessible, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.support.desk_house import DeskHouse, desk_house
from tests.support.hostile_commands import KINDS, fields_of, hostile, mark
from tests.support.hostile_texts import HOSTILE, ONE

from answerable.model.claim import ClaimKind
from answerable.model.vocabulary import FactValue
from answerable.stores.accounts import User
from answerable.watch import commands as do
from answerable.watch.entering import event_of
from answerable.watch.people import Actor, Role
from answerable.web.page import environment
from answerable.wiring.claim_form import with_passage
from answerable.wiring.desk_claims import add_document, begin_claim, change_claim

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
AGENCY = f"Agency {ONE}"[:290]
ASKED: dict[str, FactValue] = {
    "asks_for": "additional_resources",
    "requester": "federal_agency",
    "place": "federal_property",
    "life_safety": False,
    "officer_assaulted": False,
    "safe_exit_needed": False,
    "alternatives_exhausted": False,
    "own_service_used": False,
}


class Full(NamedTuple):
    """A desk on which everything there is was done once, in hostile words."""

    house: DeskHouse
    people: dict[str, User]
    call: str
    request: str
    refused: str
    allegation: str
    draft: str


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    with desk_house(tmp_path_factory.mktemp("pages")) as house:
        yield fill(house)


def fill(house: DeskHouse) -> Full:
    roles = {
        "taker": (Role.CALL_TAKER, None),
        "dana": (Role.DISPATCHER, None),
        "chief": (Role.WATCH_COMMANDER, "deputy_chief"),
        "low": (Role.WATCH_COMMANDER, "sergeant"),
        "polly": (Role.POLICY_OFFICER, None),
        "appa": (Role.POLICY_APPROVER, None),
        "aud": (Role.AUDITOR, None),
        "fern": (Role.REQUESTER, None),
    }
    people = {
        name: house.person(name, role, rank=rank, agency=AGENCY if name == "fern" else "Alder City Police")
        for name, (role, rank) in roles.items()
    }
    by = {name: Actor(id=user.id, role=roles[name][0], agency=user.agency) for name, user in people.items()}
    line = ONE[:300]
    for number, text in enumerate(HOSTILE):
        house.call(
            nature=text, place=text, narrative=text, caller_name=text, phone=text, facts={"priority": number % 6}
        )
    call = house.call(nature=line, place=ONE, narrative=ONE, caller_name=line, phone=line, caller_agency=line)
    house.give(do.RecordUnit(id=house.id(), about=call, unit="4A12", status=do.UnitStatus.DISPATCHED), by=by["dana"])
    house.give(do.ReportFact(id=house.id(), about=call, fact="priority", value=2, asserted_by=line), by=by["dana"])
    requests = [
        house.give(
            do.RequestAssistance(
                id=house.id(),
                agency=AGENCY,
                asks=ONE,
                place=ONE,
                contact_name=line,
                phone=line,
                by_telephone=True,
                facts=ASKED,
            ),
            by=by["taker"],
        ).id
        for _ in range(2)
    ]
    form = house.desk.decline_form(requests[1], by=by["chief"])
    house.give(
        do.Decline(
            id=house.id(),
            about=requests[1],
            policy_version=form.policy_version,
            clause=str(form.clause),
            reason_code=do.ReasonCode.OTHER,
            reason_text=ONE,
            notice_text=ONE,
            review_due_us=form.review_latest_us,
            conditions=(do.ConditionAsked(text=ONE, fact="alternatives_exhausted"), do.ConditionAsked(text=ONE)),
        ),
        by=by["chief"],
    )
    house.give(
        do.ReportConditionMet(id=house.id(), about=requests[1], condition=1, asserted_by=line, note=ONE), by=by["dana"]
    )
    allegation = house.give(
        do.OpenAllegation(id=house.id(), kind="calls_ignored", by=line, text=ONE, calls=(call, requests[1])),
        by=by["aud"],
    ).id
    work_out_claims(house, allegation, by["aud"])
    text = next(one.text for one in house.desk.policies() if one.state == "in_force").replace(
        'version = "2018-01-01"', 'version = "2018-06-01"'
    )
    text = text.replace("2018-01-01T00:00:00-08:00", "2099-06-01T00:00:00-07:00")
    text = text.replace("Could anybody be hurt or killed?", "Could anybody <script>window.gotIn=1</script> be hurt?")
    draft = house.give(do.DraftPolicy(id=house.id(), text=text), by=by["polly"]).id
    return Full(house, people, call, requests[0], requests[1], allegation, draft)


def work_out_claims(house: DeskHouse, allegation: str, by: Actor) -> None:
    """A claim of every kind, the statement with a passage and a document."""
    (view,) = house.desk.allegations(by=by)
    case = house.desk.record.folder.path / "allegations" / allegation
    for kind in ClaimKind:
        begin_claim(case, view, kind)
    said = {"quote": " ".join(ONE.split()), "test": "not_in_the_record"}
    change_claim(case, "statement", lambda text: with_passage(text, said))
    document = {"kind": ONE[:200], "sender": ONE[:200], "dated": "2018-06-01"}
    add_document(case, "statement", document, name=ONE[:60], content=b"x", zone=ZoneInfo("UTC"))


def pages_of(full: Full) -> list[tuple[str, str]]:
    """Who looks at what."""
    return [
        ("dana", "/board"),
        ("dana", "/wall"),
        ("chief", f"/c/{full.call}"),
        ("chief", f"/c/{full.refused}"),
        ("fern", f"/c/{full.refused}"),
        ("chief", f"/c/{full.request}/decline"),
        ("low", f"/c/{full.request}/decline"),
        ("chief", f"/c/{full.refused}/review"),
        ("dana", f"/c/{full.refused}/condition"),
        ("dana", f"/c/{full.call}/unit"),
        ("dana", f"/c/{full.call}/close"),
        ("dana", f"/c/{full.call}/correct"),
        ("chief", "/denials"),
        ("dana", "/requests"),
        ("fern", "/requests"),
        ("fern", "/requests/new"),
        ("taker", "/calls/new"),
        ("dana", "/requests/telephone"),
        ("dana", f"/requests/telephone/{full.request}"),
        ("polly", "/policies"),
        ("appa", f"/policies/{full.draft}"),
        ("polly", "/policies/new"),
        ("aud", "/allegations"),
        ("aud", "/allegations/new"),
        ("aud", f"/allegations/{full.allegation}"),
        *(("aud", f"/allegations/{full.allegation}/claims/{kind.replace('_', '-')}") for kind in ClaimKind),
        ("aud", "/f"),
        ("aud", "/embed/log"),
    ]


def visits(full: Full, chromium: Browser, **context: Any) -> Iterator[tuple[str, Page]]:
    """Every page, one after the other, each in its reader's own browser."""
    contexts = {name: full.house.browser(chromium, user, **context) for name, user in full.people.items()}
    pages = {name: full.house.open(made, "/account") for name, made in contexts.items()}
    for name, path in pages_of(full):
        pages[name].goto(full.house.url + path)
        yield path, pages[name]
        assert pages[name].trouble == [], path  # type: ignore[attr-defined]
    for made in contexts.values():
        made.close()


def test_hostile_words_in_every_field_run_nothing_and_change_no_page(full: Full, chromium: Browser) -> None:
    seen = 0
    for path, page in visits(full, chromium):
        page.wait_for_timeout(150)
        assert page.evaluate("() => window.gotIn") is None, path
        assert page.locator("main img, main iframe, main svg[onload], main style, main a[onfocus]").count() == 0, path
        assert page.locator("#act").count() <= 1, path
        assert page.locator('[action*="evil"]').count() == 0, path
        seen += page.content().count("window.gotIn=1")
    assert seen > 60  # the words are there, as words


def test_hostile_words_in_every_text_of_every_command_run_nothing(
    chromium: Browser, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Entered past the checks of the door and of the desk: whatever a record holds, no page runs it."""
    with desk_house(tmp_path) as house:
        full, texts = fill(house), [(kind, field) for kind in KINDS for field in fields_of(kind)]
        for about in (full.call, full.refused):
            for kind in KINDS:
                enter(house, hostile(kind, id=house.id(), about=about), by=full.people["chief"])
        seen = ""
        for path, page in visits(full, chromium):
            page.wait_for_timeout(50)
            assert page.evaluate("() => window.gotIn") is None, path
            assert page.locator("main img").count() == 0, path
            seen += page.locator("body").inner_text()
    shown = [f"{kind.__name__}.{field}" for kind, field in texts if mark(kind, field) in seen]
    assert len(shown) > len(KINDS) // 2, shown
    record_property("counted", f"{len(texts)} texts of {len(KINDS)} commands, {len(shown)} of them shown as words")


def enter(house: DeskHouse, command: do.Command, *, by: User) -> None:
    """Into the record as it is."""
    core, about = house.desk.core, getattr(command, "about", "")
    actor = Actor(id=by.id, role=Role.WATCH_COMMANDER, agency=by.agency, rank="deputy_chief")
    with house.desk._lock:
        event = event_of(command, by=actor, subject=core.world.subject(about), now_us=house.clock())
        core.enter([event])


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages on which texts stand as they came."""
    templates = environment()
    assert templates.cache is not None
    with monkeypatch.context() as patch:
        patch.setattr(templates, "autoescape", False)
        patch.setattr(templates, "finalize", None)
        templates.cache.clear()
        yield
    templates.cache.clear()


@pytest.mark.parametrize("policy", [True, False], ids=["under the policy for scripts", "without it"])
def test_a_page_that_escapes_nothing_is_found_out(full: Full, chromium: Browser, unescaped: None, policy: bool) -> None:
    """The control: the words are live then. What keeps scripts from running even there is the policy of the answer."""
    context = full.house.browser(chromium, full.people["chief"], bypass_csp=not policy)
    page = full.house.open(context, f"/c/{full.call}")
    page.wait_for_timeout(150)
    assert page.locator("main img, main iframe, main svg[onload], main style, main a[onfocus]").count() > 0
    assert page.evaluate("() => window.gotIn") == (None if policy else 1)
    context.close()


def test_hostile_words_that_arrive_live_run_nothing(full: Full, chromium: Browser) -> None:
    context = full.house.browser(chromium, full.people["dana"])
    page = full.house.open(context, "/board")
    expect(page.locator("#link")).to_contain_text("Live")
    for text in HOSTILE:
        call = full.house.call(nature=text, place=text, number=None)
        expect(page.locator(f'tbody.call[data-id="{call}"] [data-slot=nature]')).to_have_text(text.strip() or text)
    page.keyboard.press("/")
    page.keyboard.type("script")
    assert page.evaluate("() => window.gotIn") is None
    assert page.trouble == []  # type: ignore[attr-defined]
    context.close()


def test_the_desk_refuses_characters_that_hide_or_turn_what_is_read(full: Full, chromium: Browser) -> None:
    context = full.house.browser(chromium, full.people["taker"])
    page = full.house.open(context, "/calls/new")
    page.get_by_label("What is happening").fill("nothing \u202eereh")
    page.get_by_role("button", name="Enter the call").click()
    expect(page.locator("main")).to_contain_text("direction-changing character")
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_any_page(full: Full, chromium: Browser, theme: str) -> None:
    for path, page in visits(full, chromium, theme=theme, bypass_csp=True):
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        results = Axe().run(page, options=WCAG)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"


def test_axe_would_find_what_is_wrong(full: Full, chromium: Browser) -> None:
    context = full.house.browser(chromium, full.people["dana"], bypass_csp=True)
    page = full.house.open(context, "/board")
    page.evaluate(
        """() => {
          document.querySelector("main").append(new Image(9, 9));
          document.querySelector(".number").style.color = "#333";
        }"""
    )
    found = {one["id"] for one in Axe().run(page, options=WCAG).response["violations"]}
    assert {"image-alt", "color-contrast"} <= found
    context.close()


def test_axe_finds_nothing_in_the_command_bar_and_the_list_of_keys(full: Full, chromium: Browser) -> None:
    context = full.house.browser(chromium, full.people["dana"], bypass_csp=True)
    page = full.house.open(context, "/board")
    for opens in ("command", "keys"):
        page.locator(f"[data-opens={opens}]").click()
        results = Axe().run(page, options=WCAG)
        assert results.violations_count == 0, results.generate_report()
        page.keyboard.press("Escape")
    context.close()


def test_no_width_scrolls_a_page_sideways(full: Full, chromium: Browser) -> None:
    for path, page in visits(full, chromium):
        for width in (320, 768, 1280, 2560):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (path, width)


def test_every_page_can_be_walked_by_keyboard_and_shows_where_one_is(full: Full, chromium: Browser) -> None:
    for path, page in visits(full, chromium):
        if not path.startswith("/embed/"):  # which has nothing before its content
            page.keyboard.press("Tab")
            expect(page.locator(".skip")).to_be_focused()
        walk(page, path)


def walk(page: Page, path: str) -> None:
    """Forty steps of the Tab key: each lands on something that is seen and marked."""
    for step in range(40):
        page.keyboard.press("Tab")
        where = page.evaluate(
            """() => {
              const at = document.activeElement;
              const box = at.getBoundingClientRect();
              const style = getComputedStyle(at);
              return { tag: at.tagName, seen: box.width > 0 && box.height > 0,
                       marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                       html: at.outerHTML.slice(0, 90) };
            }"""
        )
        if where["tag"] == "BODY":
            return
        assert where["seen"], (path, step, where)
        assert where["marked"], (path, step, where)
