// Alarms are shown at once, also while updates are held, and they ring until somebody acknowledges them.

import { nowUs, said } from "./time.js";
import { actButton, shape } from "./rows.js";

const RING_MS = 6000;

export function showAlarms(list, alarms) {
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const wanted = alarms.map((alarm) => {
    const item = known.get(alarm.id) ?? bar(alarm);
    item.alarm = alarm;
    const words = item.querySelector("[data-escalated]");
    if (words.textContent !== alarm.escalated) words.textContent = alarm.escalated;
    return item;
  });
  for (const [id, item] of known) if (!alarms.some((alarm) => alarm.id === id)) item.remove();
  wanted.forEach((item, place) => { if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null); });
  showMore(list, alarms);
  tickAlarms(list);
}

// A night on which everything is late must not push the calls off the screen: five alarms are drawn, three on a wall,
// two on a telephone (board.css).
function showMore(list, alarms) {
  const more = document.getElementById("more-alarms");
  const narrow = matchMedia("(max-width: 40rem)").matches;
  const drawn = document.body.classList.contains("wall") ? 3 : narrow ? 2 : 5;
  const rest = alarms.slice(drawn);
  const kinds = new Map();
  for (const alarm of rest) kinds.set(alarm.title, (kinds.get(alarm.title) ?? 0) + 1);
  const words = `${rest.length} more ${rest.length === 1 ? "alarm rings" : "alarms ring"}: ${[...kinds].map(([title, count]) => `${count} ${title}`).join(", ")}.`;
  const at = more.querySelector("[data-words]");
  if (at.textContent !== words) at.textContent = words;
  more.hidden = rest.length === 0;
}

export function startMoreAlarms(list) {
  const button = document.querySelector("#more-alarms button");
  if (!button) return;
  button.addEventListener("click", () => {
    const all = list.classList.toggle("all");
    button.setAttribute("aria-expanded", String(all));
    button.textContent = all ? "Show the most urgent" : "Show all alarms";
  });
}

function bar(alarm) {
  const item = document.createElement("li");
  item.className = `bar tone-${alarm.tone}`;
  item.dataset.id = alarm.id;
  const words = document.createElement("p");
  const title = document.createElement("span");
  title.className = "mark";
  title.append(shape(alarm.shape), alarm.title);
  const about = document.createElement("a");
  about.href = alarm.href;
  about.textContent = alarm.number;
  const sentence = document.createElement("span");
  sentence.textContent = alarm.sentence;
  const since = document.createElement("span");
  since.className = "soft num";
  since.dataset.since = "";
  const escalated = document.createElement("span");
  escalated.className = "soft";
  escalated.dataset.escalated = "";
  words.append(title, " ", ...(alarm.number ? [about, " "] : []), sentence, " ", since, " ", escalated);
  item.append(words, ...alarm.acts.map(actButton));
  return item;
}

export function tickAlarms(list) {
  for (const item of list.children) {
    const since = item.querySelector("[data-since]");
    const text = item.alarm ? `Raised ${said((nowUs() - item.alarm.raised_us) / 1e6)} ago.` : since.textContent;
    if (since.textContent !== text) since.textContent = text;
  }
}

// The bell. Browsers play nothing before somebody has touched the page: that is the "Arm sound" step.
export function makeBell({ alarms, mutedUntilUs, onRing }) {
  let context = null;
  const tone = (at, hertz, lastsS) => {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.type = "square";
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + lastsS);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + lastsS);
  };
  const ring = () => {
    const muted = mutedUntilUs() > nowUs();
    const ringing = alarms().filter((alarm) => alarm.never_muted || !muted);
    if (!context || ringing.length === 0) return;
    const grave = ringing.some((alarm) => alarm.never_muted);
    for (const [place, hertz] of (grave ? [740, 988, 740, 988] : [660, 660]).entries()) {
      tone(context.currentTime + place * 0.22, hertz, 0.18);
    }
    onRing({ grave });
  };
  setInterval(ring, RING_MS);
  return {
    arm: async () => {
      context ??= new AudioContext();
      await context.resume();
      tone(context.currentTime, 660, 0.12);
      ring();
    },
    armed: () => context !== null,
    ring,
  };
}
