// The table of calls: find, choose, sort, page, download. Everything is text; nothing is ever parsed as HTML.

const PAGE_ROWS = 25;
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const FORMULA_START = /^[=+\-@\t\r\n]/;
const NUMBERS = new Set(["limit_s", "waited_s"]);

const byId = (id) => document.getElementById(id);

function readCalls() {
  const { columns, cells, rows, tones } = JSON.parse(byId("calls-data").textContent);
  const names = [...columns, ...cells.map((name) => `cell_${name}`)];
  const calls = rows.map((values, position) => {
    const call = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    call.position = position;
    call.received_ms = Date.parse(call.received);
    call.searched = values.flat().join("\n").toLowerCase();
    return call;
  });
  return { columns, calls, tones };
}

function visible(text) {
  return text.replace(UNSEEN, (c) => `\u27e8U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`);
}

function cellText(call, name) {
  const computed = call[`cell_${name}`];
  return visible(String(computed === undefined ? call[name] : computed));
}

function rowOf(call, template, tones) {
  const row = template.content.firstElementChild.cloneNode(true);
  for (const cell of row.querySelectorAll("[data-cell]")) cell.textContent = cellText(call, cell.dataset.cell);
  row.querySelector("use").setAttribute("href", `#i-o-${call.outcome}`);
  row.querySelector("svg").setAttribute("class", `icon tone-${tones[call.outcome] || "quiet"}`);
  return row;
}

function chosen(calls, { words, outcome, claim }) {
  return calls.filter(
    (call) =>
      (!outcome || call.outcome === outcome) &&
      (!claim || call.claims.includes(claim)) &&
      words.every((word) => call.searched.includes(word)),
  );
}

// Calls without a value come last either way; equal ones keep the order of the file.
function compare(a, b, key, sign) {
  const x = sortValue(a, key);
  const y = sortValue(b, key);
  if (x === null || y === null) return x === y ? a.position - b.position : x === null ? 1 : -1;
  const order = typeof x === "number" ? x - y : x.localeCompare(y, "en", { numeric: true });
  return order * sign || a.position - b.position;
}

function sortValue(call, key) {
  if (key === "received" && !Number.isNaN(call.received_ms)) return call.received_ms;
  const value = key === "outcome" ? call.cell_outcome : call[key];
  return value === "" || value === undefined ? null : value;
}

function csvCell(value, column) {
  if (value === null) return "";
  let text = Array.isArray(value) ? value.join(";") : String(value);
  if (!NUMBERS.has(column) && FORMULA_START.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvOf(calls, columns) {
  const lines = [columns, ...calls.map((call) => columns.map((column) => csvCell(call[column], column)))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

function start() {
  const { columns, calls, tones } = readCalls();
  const state = { words: [], outcome: "", claim: "", key: "", sign: 1, page: 0 };
  const template = byId("row");
  const heads = [...document.querySelectorAll("#calls-table th[data-key]")];
  let found = calls;

  function show() {
    const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    const first = state.page * PAGE_ROWS;
    const shown = found.slice(first, first + PAGE_ROWS);
    byId("calls-rows").replaceChildren(...shown.map((call) => rowOf(call, template, tones)));
    byId("pages").hidden = pages === 1;
    byId("page").textContent = `Page ${state.page + 1} of ${pages}`;
    setOff(byId("previous"), state.page === 0);
    setOff(byId("next"), state.page === pages - 1);
    byId("shown").textContent = summary(first, shown.length);
  }

  // aria-disabled instead of disabled: the focus stays where it is on the last page
  function setOff(button, off) {
    button.setAttribute("aria-disabled", String(off));
  }

  function summary(first, shown) {
    const all = calls.length.toLocaleString("en");
    if (!found.length) return `None of ${all} calls fits. Clear the filter to see them all.`;
    const range = `${(first + 1).toLocaleString("en")} to ${(first + shown).toLocaleString("en")}`;
    const of = found.length === calls.length ? `${all} calls` : `${found.length.toLocaleString("en")} found among ${all} calls`;
    return `Showing ${range} of ${of}.`;
  }

  function choose() {
    found = chosen(calls, state);
    if (state.key) found = [...found].sort((a, b) => compare(a, b, state.key, state.sign));
    state.page = 0;
    show();
  }

  function turn(button, by) {
    if (button.getAttribute("aria-disabled") === "true") return;
    state.page += by;
    show();
  }

  function sortBy(key) {
    state.sign = state.key === key ? -state.sign : 1;
    state.key = key;
    for (const head of heads) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", state.sign > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    choose();
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortBy(head.dataset.key));
    head.replaceChildren(button);
  }
  byId("controls").hidden = false;
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("find").addEventListener("input", (event) => {
    state.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    choose();
  });
  byId("by-outcome").addEventListener("change", (event) => {
    state.outcome = event.target.value;
    choose();
  });
  byId("by-claim").addEventListener("change", (event) => {
    state.claim = event.target.value;
    choose();
  });
  byId("controls").addEventListener("reset", () => {
    Object.assign(state, { words: [], outcome: "", claim: "" });
    choose();
  });
  byId("download").addEventListener("click", () => download(csvOf(found, columns), "calls-chosen.csv"));
  byId("previous").addEventListener("click", (event) => turn(event.target, -1));
  byId("next").addEventListener("click", (event) => turn(event.target, 1));
  byId("controls").reset(); // a reloaded page keeps old field values; the table starts from all calls
}

if (byId("calls-table")) start();
