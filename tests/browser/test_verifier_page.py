"""The verifier page as a stranger has it: one file from the disk, offline, and of one mind with the Python verifier."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.support.small_log import (
    LOG_KEY,
    ORIGIN,
    OTHER_KEY,
    TRUST_TEXT,
    MemoryFolder,
    SmallLog,
    bundle_files,
    canonical,
)
from tests.support.vectors import FOLDER, Case

from answerable.proof import Promise, SigningKey, TrustPolicy, carry, promised_digest, seal_of
from answerable.proof.verifier import judge_bundle, judge_promise, judge_receipt

pytestmark = pytest.mark.browser

PAGE = Path(str(resources.files("answerable.proof.verifier").joinpath("verifier.html")))
TEXT = PAGE.read_text(encoding="utf-8")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOG = SmallLog([canonical({"id": str(number), "type": "call"}) for number in range(20)])


def committed(name: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / name).read_text(encoding="ascii"))["cases"]
    return cases


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("request", lambda request: None if request.url == PAGE.as_uri() else trouble.append(request.url))
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert trouble == []


def inline(tag: str) -> str:
    (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", TEXT, flags=re.DOTALL)
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def test_the_page_may_run_its_own_script_and_nothing_else() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', TEXT)
    own = f"script-src '{inline('script')}'; style-src '{inline('style')}'"
    wanted = f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"
    assert policy == wanted, "after a change of script or style, their hashes belong into the policy"
    assert "http" not in TEXT.replace("http-equiv", "")
    assert "innerHTML" not in TEXT


CODE = "async act => { try { return await act() } catch (fault) { if (!fault.code) throw fault; return fault.code } }"

NOTES = f"""async cases => {{ const guarded = {CODE}; const found = [];
for (const one of cases) found.push(await guarded(async () => {{
  const keys = await Promise.all(one.keys.map(verifier.parseKey));
  const opened = await verifier.openNote(verifier.fromBase64(one.note, ""), keys);
  const text = time => time === null ? null : String(time);
  const signers = opened.verified.map(({{ key, time }}) => ({{ key: key.text, time_s: text(time) }}));
  return {{ text: opened.text, signers }};
}})); return found; }}"""


def test_every_note_of_the_vectors_has_its_verdict(page: Page) -> None:
    cases = committed("notes.json")
    for case, found in zip(cases, page.evaluate(NOTES, cases), strict=True):
        if case["verdict"] == "opens":
            assert found == {"text": case["text"], "signers": case["signers"]}, case["name"]
        else:
            assert found == case["verdict"], case["name"]


PROOFS = f"""async cases => {{ const guarded = {CODE}; const hex = verifier.fromHex; const found = [];
for (const one of cases) found.push(await guarded(async () => {{
  const proof = one.proof.map(hex);
  if (one.kind === "inclusion") {{
    const index = BigInt(one.index), size = BigInt(one.size);
    await verifier.verifyInclusion(hex(one.leaf), {{ index, size, proof, root: hex(one.root) }});
  }} else {{
    const sizes = {{ oldSize: BigInt(one.old_size), newSize: BigInt(one.new_size) }};
    await verifier.verifyConsistency({{ ...sizes, oldRoot: hex(one.old_root), newRoot: hex(one.new_root), proof }});
  }}
  return true;
}})); return found; }}"""


def test_every_proof_of_the_vectors_holds_or_does_not(page: Page) -> None:
    cases = committed("proofs.json")
    for case, found in zip(cases, page.evaluate(PROOFS, cases), strict=True):
        assert found == (True if case["holds"] else case["kind"]), case["name"]


DISCLOSURES = f"""async cases => {{ const guarded = {CODE}; const found = [];
for (const one of cases) found.push(await guarded(async () => {{
  const revealed = await verifier.reveal(verifier.json(one.entry, "the entry"), one.disclosures);
  return {{ shows: verifier.plain(revealed.shows), closed: revealed.closed }};
}})); return found; }}"""


def test_every_disclosure_of_the_vectors_has_its_verdict(page: Page) -> None:
    cases = committed("disclosures.json")
    for case, found in zip(cases, page.evaluate(DISCLOSURES, cases), strict=True):
        if case["verdict"] == "opens":
            shows = json.dumps(case["shows"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert found == {"shows": shows, "closed": case["closed"]}, case["name"]
        else:
            assert found == case["verdict"], case["name"]


POLICIES = f"""async cases => {{ const guarded = {CODE}; const found = [];
for (const one of cases) found.push(await guarded(async () => {{
  const trust = await verifier.parsePolicy(verifier.fromBase64(one.policy, ""));
  const stored = name => verifier.latin1(verifier.encoded(name));
  return one.quorums.map(({{ cosigned }}) => verifier.isMet(trust, cosigned.map(stored)));
}})); return found; }}"""


def test_every_trust_policy_of_the_vectors_has_its_verdict_and_quorums(page: Page) -> None:
    cases = committed("policies.json")
    for case, found in zip(cases, page.evaluate(POLICIES, cases), strict=True):
        if case["verdict"] == "reads":
            assert found == [quorum["enough"] for quorum in case["quorums"]], case["name"]
        else:
            assert found == case["verdict"], case["name"]


RECEIPTS = """async cases => { const found = [];
for (const one of cases) {
  const trust = await verifier.parsePolicy(verifier.fromBase64(one.policy, ""));
  const entry = one.entry === null ? null : verifier.fromBase64(one.entry, "");
  found.push((await verifier.judgeReceipt(verifier.fromBase64(one.receipt, ""), trust, entry)).verdict);
} return found; }"""


def test_every_receipt_of_the_vectors_has_its_verdict(page: Page) -> None:
    cases = committed("receipts.json")
    for case, found in zip(cases, page.evaluate(RECEIPTS, cases), strict=True):
        assert found == case["verdict"], case["name"]


BUNDLE = """async ({ files, policy }) => {
  const blob = data => new Blob([verifier.fromBase64(data, "")]);
  const blobs = new Map(Object.entries(files).map(([name, data]) => [name, blob(data)]));
  const trust = await verifier.parsePolicy(verifier.encoded(policy));
  const { verdict, refuted, cannotTell, proved } = await verifier.judgeBundle(blobs, trust);
  return { verdict, counts: [refuted.length, cannotTell.length, proved.length] };
}"""


def replaced(name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    files = bundle_files("union", "press")
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


def without(name: str) -> dict[str, bytes]:
    return {path: data for path, data in bundle_files("union", "press").items() if path != name}


GOOD = bundle_files("union", "press")
OTHER_POLICY = TRUST_TEXT.replace(str(LOG_KEY.verifier), str(OTHER_KEY.verifier))
LINE = GOOD["bundle.tlog-proof"].split(b"\n")[1]
BUNDLES = {
    "nothing changed": ("proved", GOOD, TRUST_TEXT),
    "a file more": ("proved", {**GOOD, "more.txt": b"more"}, TRUST_TEXT),
    "a flipped byte in a file": ("refuted", replaced("inputs/policy.toml", b"alder", b"Alder"), TRUST_TEXT),
    "a flipped byte in an entry": (
        "refuted",
        replaced("bundle.tlog-proof", LINE, LINE[:40] + b"A" + LINE[41:]),
        TRUST_TEXT,
    ),
    "a false signature": ("refuted", replaced("bundle.tlog-proof", b"\n9\n", b"\n8\n"), TRUST_TEXT),
    "the receipt of another file": (
        "refuted",
        {**GOOD, "receipts/policy.tlog-proof": GOOD["receipts/calls.tlog-proof"]},
        TRUST_TEXT,
    ),
    "another spelling": ("refuted", replaced("bundle.json", b'{"files"', b'{ "files"'), TRUST_TEXT),
    "a key more": ("refuted", replaced("bundle.json", b'{"files"', b'{"extra":1,"files"'), TRUST_TEXT),
    "a path that leads out": ("refuted", replaced("bundle.json", b"inputs/policy.toml", b"../policy.toml"), TRUST_TEXT),
    "another log": ("refuted", replaced("bundle.json", b"alder/2018h1", b"alder/2018h2"), TRUST_TEXT),
    "too few witnesses": ("cannot_tell", bundle_files("union"), TRUST_TEXT),
    "another log's key": ("cannot_tell", GOOD, OTHER_POLICY),
    "a missing file": ("cannot_tell", without("finding.json"), TRUST_TEXT),
    "a missing receipt": ("cannot_tell", without("receipts/policy.tlog-proof"), TRUST_TEXT),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_page_and_program_agree_on_a_bundle(page: Page, name: str) -> None:
    verdict, files, policy = BUNDLES[name]
    sent = {"files": {path: base64.b64encode(data).decode() for path, data in files.items()}, "policy": policy}
    found = page.evaluate(BUNDLE, sent)
    judgement = judge_bundle(MemoryFolder(files), trust=TrustPolicy.parse(policy.encode()))
    assert found["verdict"] == judgement.verdict.value == verdict, judgement
    counts = [len(judgement.refuted), len(judgement.cannot_tell), len(judgement.proved)]
    assert found["counts"] == counts, judgement


def believe(page: Page, text: str = TRUST_TEXT) -> None:
    page.get_by_label("Key or trust policy").fill(text)


def check(page: Page, *files: Path) -> None:
    page.get_by_label("Files", exact=True).set_input_files([str(file) for file in files])


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_receipt_is_proved_and_it_is_said_what_is_not(page: Page, tmp_path: Path) -> None:
    believe(page)
    expect(page.get_by_text("3 witnesses are known")).to_be_visible()
    check(page, written(tmp_path, "r.tlog-proof", LOG.receipt(7, "union", "press").text()))
    article = page.get_by_role("article")
    expect(article).to_contain_text("Proved")
    expect(article).to_contain_text("number 7 of the 20 entries of the log log.example/alder/2018h1")
    expect(article).to_contain_text("cosigned by union at 2018-06-19 09:20:00Z")
    expect(article).to_contain_text("What is not proved")
    expect(article).to_contain_text("or that everything was entered")


def test_page_and_program_say_the_same_of_what_a_data_set_does_not_prove(page: Page, tmp_path: Path) -> None:
    log = SmallLog([canonical({"type": "dataset", "rows_read": 3, "normalised_sha256": "0" * 64})])
    text = log.receipt(0, "union", "press").text()
    believe(page)
    check(page, written(tmp_path, "r.tlog-proof", text))
    article = page.get_by_role("article")
    expect(article).to_contain_text("rows_read")
    for sentence in judge_receipt(text.encode(), trust=TrustPolicy.parse(TRUST_TEXT.encode())).not_proved:
        expect(article).to_contain_text(sentence)


def test_a_time_is_shown_as_the_entry_spells_it_and_as_people_read_it(page: Page, tmp_path: Path) -> None:
    log = SmallLog([canonical({"id": "1", "recorded_at_us": 1_529_434_800_000_001, "said_at_us": "noon"})])
    believe(page)
    check(page, written(tmp_path, "r.tlog-proof", log.receipt(0, "union", "press").text()))
    article = page.get_by_role("article")
    expect(article).to_contain_text("1529434800000001 (2018-06-19 19:00:00Z)")
    expect(article).to_contain_text("noon")


def forged(text: str) -> str:
    """The same receipt with another letter in the log's signature."""
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("— log"))
    lines[at] = lines[at][:-8] + ("A" if lines[at][-8] != "A" else "B") + lines[at][-7:]
    return "\n".join(lines)


RECEIPT = LOG.receipt(7, "union", "press")


@pytest.mark.parametrize(
    ("text", "verdict", "because"),
    [
        (replace(RECEIPT, extra=carry(LOG.entries[7].replace(b"7", b"8"))).text(), "Refuted", "another root"),
        (forged(RECEIPT.text()), "Refuted", "not by its key, or the signed text was changed"),
        (LOG.receipt(7, "union").text(), "Cannot tell", "its witnesses are too few"),
    ],
    ids=["entry", "signature", "witness"],
)
def test_a_receipt_that_is_not_good_says_why(page: Page, tmp_path: Path, text: str, verdict: str, because: str) -> None:
    believe(page)
    check(page, written(tmp_path, "r.tlog-proof", text))
    article = page.get_by_role("article")
    expect(article.get_by_text(verdict, exact=True).first).to_be_visible()
    expect(article).to_contain_text(because)


def test_without_a_key_nothing_is_proved(page: Page, tmp_path: Path) -> None:
    check(page, written(tmp_path, "r.tlog-proof", LOG.receipt(7).text()))
    expect(page.get_by_role("article")).to_contain_text("Cannot tell")
    believe(page, str(LOG_KEY.verifier))
    expect(page.get_by_role("article")).to_contain_text("Proved")
    believe(page, "no key")
    expect(page.get_by_text("This cannot be read, so nobody is believed")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Cannot tell")


def test_a_browser_that_does_not_know_ed25519_says_so_and_proves_nothing(page: Page, tmp_path: Path) -> None:
    page.evaluate(
        """() => { crypto.subtle.importKey = async () => { throw new DOMException("", "NotSupportedError"); } }"""
    )
    believe(page)
    check(page, written(tmp_path, "r.tlog-proof", RECEIPT.text()))
    expect(page.get_by_role("article")).to_contain_text("Cannot tell")
    expect(page.get_by_role("article")).to_contain_text("This browser cannot check Ed25519 signatures")


def test_a_bundle_is_picked_as_a_folder(page: Page, tmp_path: Path) -> None:
    MemoryFolder(bundle_files("union", "press")).written_to(tmp_path / "bundle")
    believe(page)
    page.get_by_label("or a bundle’s folder").set_input_files(str(tmp_path / "bundle"))
    expect(page.get_by_role("article")).to_contain_text("Proved")
    expect(page.get_by_role("article")).to_contain_text("inputs/policy.toml is the file that was sealed")
    expect(page.get_by_role("article")).to_contain_text("this page does not compute it again")


def test_a_promise_is_held_against_the_receipts_beside_it(page: Page, tmp_path: Path) -> None:
    key = SigningKey(f"{ORIGIN}/promises", bytes(32))
    entry, other = (canonical({"id": "c-1", "place": "Zürich €", "type": kind}) for kind in ("call", "fact"))
    word = Promise(origin=ORIGIN, id="c-1", promised_at_us=1_529_413_385_000_001, digest=promised_digest(entry))
    promise = written(tmp_path, "word.promise", word.sign(key))
    believe(page, f"{LOG_KEY.verifier}\n{key.verifier}")
    for beside, verdict, said in (
        (None, "Cannot tell", "Whether the promise was kept"),
        (entry, "Proved", "The promise was kept"),
        (other, "Refuted", "is not the one that was promised"),
    ):
        receipt = [] if beside is None else [SmallLog([canonical_later(beside)]).receipt(0).text()]
        check(page, promise, *(written(tmp_path, f"{verdict}.tlog-proof", text) for text in receipt))
        article = page.get_by_role("article").filter(has_text="The promise word.promise")
        expect(article).to_contain_text(said)
        expect(article).to_contain_text(verdict)
        trust = TrustPolicy.of_log(LOG_KEY.verifier, key.verifier)
        ours = judge_promise(word.sign(key), trust=trust, recorded=[] if beside is None else [canonical_later(beside)])
        for sentence in (*ours.proved, *ours.refuted, *ours.cannot_tell, *ours.not_proved):
            expect(article).to_contain_text(sentence)


def canonical_later(entry: bytes) -> bytes:
    return canonical({**json.loads(entry), "recorded_at_us": 1_529_413_999_000_000})


def test_files_are_dropped(page: Page) -> None:
    believe(page)
    data = base64.b64encode(LOG.receipt(3, "union", "press").text().encode()).decode()
    transfer = page.evaluate_handle(
        """data => { const sent = new DataTransfer();
        sent.items.add(new File([verifier.fromBase64(data, "")], "r.tlog-proof")); return sent }""",
        data,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    expect(page.get_by_role("article")).to_contain_text("number 3 of the 20 entries")


def test_an_entry_beside_a_bare_receipt_and_a_seal_beside_its_file(page: Page, tmp_path: Path) -> None:
    believe(page)
    bare = written(tmp_path, "r.tlog-proof", LOG.receipt(7, "union", "press", bare=True).text())
    check(page, bare)
    expect(page.get_by_role("article")).to_contain_text("the entry is not here")
    check(page, bare, written(tmp_path, "entry.json", LOG.entries[7]))
    expect(page.get_by_role("article")).to_contain_text("with the entry entry.json")
    expect(page.get_by_role("article").get_by_text("Proved", exact=True).first).to_be_visible()
    data = b"call,received\n" * 100_000
    seal = {"schema": "answerable/seal@1", "file": "calls.csv", "seal": seal_of([data]).as_json()}
    sealed = written(tmp_path, "calls.csv.seal.json", json.dumps(seal))
    check(page, sealed, written(tmp_path, "calls.csv", data))
    expect(page.get_by_role("article")).to_contain_text("calls.csv is the file that was sealed")
    (tmp_path / "changed").mkdir()
    check(page, sealed, written(tmp_path / "changed", "calls.csv", data[:-1]))
    expect(page.get_by_role("article")).to_contain_text("this is not the file that was sealed")


def test_two_histories_of_one_log_are_shown_as_such(page: Page, tmp_path: Path) -> None:
    believe(page)
    other = SmallLog([*LOG.entries[:-1], b"{}"])
    check(
        page, *(written(tmp_path, f"{at}.txt", log.checkpoint("union", "press")) for at, log in enumerate((LOG, other)))
    )
    expect(page.get_by_text("has signed two different states of 20 entries")).to_be_visible()


def test_text_from_files_is_text_and_cannot_reorder_the_page(page: Page, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e\u0007"
    log = SmallLog([canonical({"<b>name</b>": hostile})])
    believe(page)
    check(page, written(tmp_path, "r.tlog-proof", log.receipt(0, "union", "press").text()))
    expect(page.get_by_role("article")).to_contain_text("<img src=x onerror=alert(1)>\\u{202e}\\u{7}")
    assert page.locator("article img, article b").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 360])
def test_the_page_is_accessible_and_fits_a_telephone(
    chromium: Browser, tmp_path: Path, scheme: Any, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    believe(page)
    receipt = LOG.receipt(7, "union", "press").text()
    files = {
        "good": receipt,
        "refuted": receipt.replace("index 7", "index 6"),
        "unwitnessed": LOG.receipt(7).text(),
        "a-very-long-name-" * 6: receipt,
    }
    check(page, *(written(tmp_path, f"{name}.tlog-proof", text) for name, text in files.items()))
    expect(page.get_by_role("article")).to_have_count(4)
    results = Axe().run(page, options={**WCAG, "resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
