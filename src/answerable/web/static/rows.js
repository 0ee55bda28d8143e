// One row a call: filled from values, never from markup. Only what changed is touched, and what has the focus is not moved.

import { nowUs, said, untilDeadline } from "./time.js";

const TONES = ["plain", "command", "decline", "answered", "quiet"];

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function shape(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#shape-${name}`);
  svg.append(use);
  return svg;
}

export function actButton(act) {
  const button = document.createElement(act.href ? "a" : "button");
  if (act.href) {
    button.href = act.href;
    button.className = `button ${act.style ?? ""}`;
  } else {
    button.className = act.style ?? "";
    button.setAttribute("form", "act");
    button.setAttribute("formaction", act.action);
    if (act.name) {
      button.name = act.name;
      button.value = act.value;
    }
  }
  if (act.act) button.dataset.act = act.act;
  if (act.unseen) button.setAttribute("aria-label", act.unseen);
  button.append(act.label);
  if (act.key) {
    const key = document.createElement("kbd");
    key.textContent = act.key;
    button.append(" ", key);
  }
  return button;
}

function question(ask) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.className = "mark tone-command";
  words.append(shape("ask"), ask.question);
  item.append(words, ...ask.choices.map(actButton));
  return item;
}

// A list that is made anew only where its values changed, so that a button in it keeps the focus.
function rebuild(holder, values, make) {
  const spelled = JSON.stringify(values);
  if (!holder || holder.dataset.spelled === spelled) return;
  const focused = holder.contains(document.activeElement) ? [...holder.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
  holder.dataset.spelled = spelled;
  holder.replaceChildren(...values.map(make));
  if (focused >= 0) {
    const left = holder.querySelectorAll("a, button");
    (left[Math.min(focused, left.length - 1)] || holder.closest("[data-id]").querySelector("a.number"))?.focus({ preventScroll: true });
  }
}

// What is touched each second is looked up once.
function partsOf(body) {
  body.parts ??= { due: body.querySelector("[data-due]"), words: body.querySelector(".due-words"), waiting: body.querySelector("[data-waiting]") };
  return body.parts;
}

export function fill(body, row) {
  body.row = row;
  body.dataset.id = row.id;
  for (const tone of TONES) body.classList.toggle(`tone-${tone}`, tone === row.tone);
  for (const slot of body.querySelectorAll("[data-slot]")) put(slot, row[slot.dataset.slot] ?? "");
  const mark = body.querySelector("[data-shape]");
  if (mark.className !== `mark tone-${row.duty_tone}`) mark.className = `mark tone-${row.duty_tone}`;
  const use = mark.querySelector("use");
  if (use.getAttribute("href") !== `#shape-${row.shape}`) use.setAttribute("href", `#shape-${row.shape}`);
  const link = body.querySelector("a.number");
  if (link.getAttribute("href") !== row.href) link.setAttribute("href", row.href);
  for (const slot of ["nature", "place"]) body.querySelector(`[data-slot=${slot}]`).classList.toggle("withheld", row[`${slot}_hidden`]);
  rebuild(body.querySelector(".decide"), row.acts, actButton);
  rebuild(body.querySelector(".questions"), row.asks, question);
  body.querySelector(".ask").hidden = row.asks.length === 0;
  tick(body, nowUs());
}

export function blank() {
  return document.getElementById("blank-call").content.firstElementChild.cloneNode(true);
}

// Counts this row's deadline and waiting time.
export function tick(body, atUs) {
  const { row } = body;
  const { due, words, waiting } = partsOf(body);
  const until = row.due_us === null ? null : untilDeadline(row.due_us, atUs);
  put(due, until ? until.words : row.due_none);
  put(waiting, row.since_us === null ? "" : said(((row.until_us ?? atUs) - row.since_us) / 1e6));
  const late = Boolean(until && until.late);
  if (body.late !== late) {
    body.late = late;
    body.classList.toggle("is-late", late);
  }
  if (body.calm !== !until) {
    body.calm = !until;
    words.classList.toggle("calm", !until);
  }
}

// Puts the bodies into this order. The one with the focus stays where it is in the document; the others move around it.
export function order(table, bodies) {
  const pinned = bodies.find((body) => body.parentElement === table && body.contains(document.activeElement));
  const at = bodies.indexOf(pinned);
  let before = pinned ?? null;
  for (const body of bodies.slice(0, Math.max(0, at)).reverse()) {
    if (body.nextElementSibling !== before || body.parentElement !== table) table.insertBefore(body, before);
    before = body;
  }
  let after = pinned;
  for (const body of bodies.slice(at + 1)) {
    const wanted = after ? after.nextElementSibling : firstBody(table);
    if (wanted !== body) table.insertBefore(body, wanted);
    after = body;
  }
}

function firstBody(table) {
  return table.querySelector("tbody");
}
