// Sending without leaving the page. The id is made once an act, so that sending it again is the same act.

const TRIES = 4;
const WAIT_MS = 800;

export class Refused extends Error {}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = BigInt(Date.now());
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = Number(ms & 255n);
    ms >>= 8n;
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Gives what the server answered, or throws Refused with its words. A lost network is tried again with the same id.
export async function send(action, fields, { onAgain = () => {} } = {}) {
  const body = new URLSearchParams(fields);
  for (let tried = 1; ; tried += 1) {
    let answer;
    try {
      answer = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    } catch (fault) {
      if (tried >= TRIES) throw new Refused("The desk cannot be reached. Nothing shows that this was recorded: use the radio, and try again.");
      onAgain(tried);
      await pause(WAIT_MS * tried);
      continue;
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    if (answer.status === 503 && tried < TRIES) {
      onAgain(tried);
      await pause(WAIT_MS * tried);
      continue;
    }
    throw new Refused(said.detail || said.title || `The desk answered ${answer.status}.`);
  }
}
