// The board: live rows, counting clocks, held updates, alarms. Without this script the page is the same, as it was when it
// was loaded, and every button is a plain form.

import { makeBell, showAlarms, startMoreAlarms, tickAlarms } from "./alarms.js";
import { blank, fill, order, tick } from "./rows.js";
import { listen } from "./live.js";
import { newId, Refused, send } from "./send.js";
import { hearTime, nowUs, said as span } from "./time.js";
import { startKeys } from "./keys.js";

const GROUPS = ["pending", "active", "closed"];
const REFRESH_MS = 150;

const board = document.getElementById("board");
const act = document.getElementById("act");
const status = document.getElementById("say");
const trouble = document.getElementById("trouble");
const link = document.getElementById("link");
const holdButton = document.getElementById("hold");
const alarmList = document.getElementById("alarms");
const bodies = new Map();

let state = JSON.parse(document.getElementById("state").textContent);
let held = null; // what waits, by id, while updates are held
let due = 0;

export function say(words) {
  status.textContent = words;
}

function complain(words) {
  trouble.querySelector("[data-words]").textContent = words;
  trouble.hidden = false;
}

// ---- what the server says ----

async function refresh() {
  due = 0;
  let said;
  try {
    const answer = await fetch(`${board.dataset.rows}after=${state.index}`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.status === 401 || answer.status === 403) return complain("You are signed out, or your role has ended. Sign in again: this board is no longer live.");
    if (!answer.ok) return later(2000);
    said = await answer.json();
  } catch {
    return later(2000);
  }
  if (said.index < state.index) return; // a newer answer overtook it: what was acknowledged stays quiet
  hearTime(said.now_us);
  showAlarms(alarmList, said.alarms);
  state.alarms = said.alarms;
  state.muted_until_us = said.muted_until_us;
  if (held) {
    for (const row of said.rows) held.set(row.id, row);
    const there = new Set(said.order.flat());
    for (const id of state.shown) if (!there.has(id)) held.set(id, null);
    showHeld();
    state.waiting = said;
  } else {
    apply(said);
  }
  state.index = said.index;
  askForMissing();
}

// where more rows moved up than the server thought, the next answer has every one
function askForMissing() {
  if (held || !state.shown.some((id) => !bodies.has(id))) return;
  state.index = -1;
  later(REFRESH_MS);
}

// as the server spells a count: 12,345
function counted(number) {
  return number.toLocaleString("en-US");
}

function later(ms) {
  if (!due) due = setTimeout(refresh, ms);
}

function apply(said) {
  for (const row of said.rows) {
    let body = bodies.get(row.id);
    if (!body) {
      body = blank();
      body.classList.add("is-new");
      bodies.set(row.id, body);
    }
    fill(body, row);
  }
  const wanted = new Set(said.order.flat());
  for (const [id, body] of bodies) {
    if (!wanted.has(id) && !body.contains(document.activeElement)) {
      body.remove();
      bodies.delete(id);
    }
  }
  GROUPS.forEach((group, place) => {
    const section = document.getElementById(group);
    const more = said.counts[place] - said.order[place].length;
    section.querySelector("[data-more]").textContent = counted(more);
    section.querySelector(".more").hidden = more === 0;
    order(section.querySelector("table"), said.order[place].map((id) => bodies.get(id)).filter(Boolean));
    section.querySelector("table").hidden = said.order[place].length === 0;
    section.querySelector(".empty").hidden = said.order[place].length > 0;
    section.querySelector("[data-count]").textContent = counted(said.counts[place]);
  });
  document.querySelector("[data-count-of=pending]").textContent = counted(said.counts[0]);
  state.undrawn_late = said.undrawn_late;
  state.shown = [...wanted];
  fillStanding(said.standing);
  fillFeeds(said.feeds);
  countLate();
}

// ---- refusals that stand, feeds ----

function fillStanding(denials) {
  const panel = document.getElementById("standing");
  if (!panel) return;
  const list = panel.querySelector("ul");
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = denials.map((denial) => {
    const item = known.get(denial.id) ?? document.getElementById("blank-denial").content.firstElementChild.cloneNode(true);
    item.denial = denial;
    item.dataset.id = denial.id;
    item.querySelector("a").href = denial.href;
    for (const slot of item.querySelectorAll("[data-slot]")) {
      const text = denial[slot.dataset.slot] ?? "";
      if (slot.textContent !== text) slot.textContent = text;
    }
    const spelled = JSON.stringify(denial.conditions);
    const conditions = item.querySelector("ol");
    if (conditions.dataset.spelled !== spelled) {
      conditions.dataset.spelled = spelled;
      conditions.replaceChildren(...denial.conditions.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    }
    const decide = item.querySelector(".decide");
    const acts = JSON.stringify(denial.acts);
    if (decide.dataset.spelled !== acts) {
      decide.dataset.spelled = acts;
      decide.replaceChildren(...denial.acts.map((one) => Object.assign(document.createElement("a"), { href: one.href, className: "button slim", textContent: one.label })));
    }
    return item;
  });
  if (items.length !== list.children.length || items.some((item, place) => item !== list.children[place])) list.replaceChildren(...items);
  panel.querySelector(".empty").hidden = items.length > 0;
  panel.querySelector("[data-count]").textContent = items.length;
  const counted = document.querySelector("[data-count-of=standing]");
  if (counted) {
    counted.textContent = items.length;
    counted.nextElementSibling.textContent = items.length === 1 ? "denial stands" : "denials stand";
  }
  tickStanding();
}

function tickStanding() {
  for (const item of document.querySelectorAll("#standing li[data-id]")) {
    if (!item.denial) continue;
    const at = item.querySelector("[data-due]");
    const left = item.denial.due_us === null ? null : (item.denial.due_us - nowUs()) / 1e6;
    const words = left === null ? item.denial.due_none : dueWords(left);
    if (at.textContent !== words) at.textContent = words;
    item.classList.toggle("is-late", left !== null && left < 0);
  }
}

function dueWords(leftS) {
  return leftS >= 0 ? `Review due in ${span(leftS)}` : `REVIEW LATE ${span(-leftS)}`;
}

function fillFeeds(feeds) {
  const list = document.getElementById("feeds");
  const spelled = JSON.stringify(feeds);
  if (list.dataset.spelled === spelled) return;
  list.dataset.spelled = spelled;
  list.replaceChildren(...feeds.map((words) => {
    const item = document.createElement("li");
    item.className = "bar tone-command";
    item.textContent = words;
    return item;
  }));
}

// ---- clocks ----

function countLate() {
  const late = document.querySelectorAll("#pending .is-late").length + state.undrawn_late;
  const shown = document.querySelector("[data-late]");
  if (shown.textContent === String(late)) return;
  shown.textContent = late;
  document.querySelector("[data-late-mark]").hidden = late === 0;
}

function tickAll() {
  const atUs = nowUs();
  for (const body of bodies.values()) tick(body, atUs);
  tickStanding();
  tickAlarms(alarmList);
  countLate();
}

// ---- holding updates ----

function showHeld() {
  const waiting = held ? held.size : 0;
  holdButton.setAttribute("aria-pressed", String(Boolean(held)));
  holdButton.querySelector("[data-words]").textContent = held ? `Show updates: ${waiting} ${waiting === 1 ? "waits" : "wait"}` : "Hold updates";
}

export function toggleHold() {
  if (held) {
    const rows = [...held.values()].filter(Boolean);
    held = null;
    if (state.waiting) apply({ ...state.waiting, rows });
    state.waiting = null;
    askForMissing();
    say("Updates are shown as they come.");
  } else {
    held = new Map();
    say("Updates are held. Alarms are still shown.");
  }
  showHeld();
}

// ---- acts ----

async function submit(event) {
  const button = event.submitter;
  if (!button || !button.hasAttribute("formaction")) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  const fields = new FormData(act);
  fields.set("id", newId());
  if (button.name) fields.set(button.name, button.value);
  button.setAttribute("aria-disabled", "true");
  trouble.hidden = true;
  try {
    const done = await send(button.getAttribute("formaction"), fields, { onAgain: () => say("The desk does not answer. Sending again.") });
    say(done.said);
    if (done.spooled) complain(done.said);
    await refresh();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    complain(fault.message);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// ---- sound ----

const bell = makeBell({
  alarms: () => state.alarms,
  mutedUntilUs: () => state.muted_until_us ?? 0,
  onRing: ({ grave }) => { document.documentElement.dataset.rung = grave ? "grave" : "plain"; },
});
const soundButton = document.getElementById("sound");

async function armSound() {
  await bell.arm();
  soundButton.setAttribute("aria-pressed", "true");
  soundButton.querySelector("[data-words]").textContent = "Sound armed";
  say("Sound is armed. Alarms ring until somebody acknowledges them.");
}

// ---- start ----

document.documentElement.classList.add("js");
hearTime(state.now_us);
const rows = new Map(state.rows.map((row) => [row.id, row]));
for (const body of document.querySelectorAll("tbody.call")) {
  const row = rows.get(body.dataset.id);
  bodies.set(row.id, body);
  fill(body, row);
}
state.shown = state.rows.map((row) => row.id);
showAlarms(alarmList, state.alarms);
startMoreAlarms(alarmList);
fillStanding(state.standing);
fillFeeds(state.feeds);
tickAll();
setInterval(tickAll, 1000);
act.addEventListener("submit", submit);
board.addEventListener("focusin", (event) => event.target.closest(".call")?.classList.remove("is-new"));
holdButton.addEventListener("click", toggleHold);
soundButton.addEventListener("click", armSound);
trouble.querySelector("button").addEventListener("click", () => { trouble.hidden = true; });
listen({
  url: board.dataset.events,
  after: state.index,
  onChange: () => later(REFRESH_MS),
  onReload: () => { state.index = -1; later(0); },
  onLink: ({ lost, silentS }) => {
    link.dataset.state = lost ? "lost" : "live";
    link.querySelector("use").setAttribute("href", lost ? "#shape-late" : "#shape-answered");
    link.querySelector("[data-words]").textContent = lost ? `LINK LOST ${silentS} s` : "Live";
    const bar = document.getElementById("lost");
    if (bar.hidden === lost) bar.hidden = !lost;
  },
});
startKeys({ board, say, toggleHold });
