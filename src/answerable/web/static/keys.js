// Single keys act on the row that has the focus; `/` opens the command bar. Nothing here moves the focus unasked.

const STORE = "answerable-keys";
const MOVES = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

const keysOn = () => localStorage.getItem(STORE) !== "off";

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null;
}

export function startKeys({ board, say, toggleHold }) {
  const bar = document.getElementById("command");
  const help = document.getElementById("keys-help");
  const toggle = document.getElementById("keys-on");

  const setKeys = (on) => {
    localStorage.setItem(STORE, on ? "on" : "off");
    toggle.checked = on;
    document.documentElement.classList.toggle("keys-off", !on);
  };
  setKeys(keysOn());
  toggle.addEventListener("change", () => setKeys(toggle.checked));

  const current = () => document.activeElement?.closest?.(".call") ?? null;
  const move = (step) => {
    const links = [...board.querySelectorAll("tbody.call:not([hidden]) a.number")];
    if (links.length === 0) return;
    const row = current();
    const at = row ? links.indexOf(row.querySelector("a.number")) : -1;
    const to = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
    links[to].focus();
    links[to].closest(".call").scrollIntoView({ block: "nearest" });
  };
  const press = (act) => {
    const row = current();
    if (!row) return say("Choose a call first: J and K move from call to call.");
    const button = row.querySelector(`[data-act="${act}"]`);
    if (button) button.click();
    else say(row.row.why_not?.[act] ?? "That cannot be done with this call now.");
  };
  const single = {
    r: () => press("respond"),
    a: () => press("acknowledge"),
    d: () => press("decline"),
    y: () => press("yes"),
    n: () => press("no"),
    o: () => current()?.querySelector("a.number").click(),
    h: toggleHold,
    g: () => document.querySelector("#alarms [data-act=acknowledge-alarm]")?.click(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key in MOVES && event.key.startsWith("Arrow") && !current()) return;
    if (!keysOn()) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const then = key === "/" ? () => openBar(bar, board, current()) : key in MOVES ? () => move(MOVES[key]) : single[key];
    if (!then) return;
    event.preventDefault();
    then();
  });
  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => (opener.dataset.opens === "command" ? openBar(bar, board, null) : help.showModal()));
  }
  watchBar(bar);
}

// ---- the command bar ----

let choices = [];
let chosen = 0;

function openBar(bar, board, row) {
  const input = bar.querySelector("input");
  choices = [
    ...(row ? [...row.querySelectorAll("[data-act]")].map((button) => ({ words: `${button.firstChild.textContent.trim()}: ${row.row.number}`, hint: row.row.nature, run: () => button.click() })) : []),
    ...[...document.querySelectorAll("[data-command]")].map((element) => ({ words: element.dataset.command, hint: element.dataset.hint ?? "", run: () => element.click() })),
    ...[...board.querySelectorAll("tbody.call")].map((body) => ({ words: `Open ${body.row.number}`, hint: `${body.row.nature} ${body.row.place}`, run: () => { location.href = body.row.href; } })),
  ];
  input.value = "";
  showChoices(bar);
  bar.showModal();
  input.focus();
}

function fitting(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((choice) => words.every((word) => `${choice.words} ${choice.hint}`.toLowerCase().includes(word))).slice(0, 12);
}

function showChoices(bar) {
  const input = bar.querySelector("input");
  const list = bar.querySelector("ul");
  const found = fitting(input.value);
  chosen = Math.min(chosen, Math.max(0, found.length - 1));
  list.replaceChildren(...found.map((choice, place) => {
    const item = document.createElement("li");
    item.id = `choice-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === chosen));
    const words = document.createElement("span");
    words.textContent = choice.words;
    const hint = document.createElement("span");
    hint.className = "soft";
    hint.textContent = choice.hint;
    item.append(words, hint);
    item.addEventListener("click", () => { bar.close(); choice.run(); });
    return item;
  }));
  bar.querySelector("[data-none]").hidden = found.length > 0;
  if (found.length) input.setAttribute("aria-activedescendant", `choice-${chosen}`);
  else input.removeAttribute("aria-activedescendant");
}

function watchBar(bar) {
  const input = bar.querySelector("input");
  input.addEventListener("input", () => { chosen = 0; showChoices(bar); });
  input.addEventListener("keydown", (event) => {
    const found = fitting(input.value);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length);
      showChoices(bar);
    } else if (event.key === "Enter") {
      event.preventDefault();
      bar.close();
      found[chosen]?.run();
    }
  });
}
