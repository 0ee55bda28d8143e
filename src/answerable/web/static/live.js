// The stream of changes. A lost link is noticed by silence, because a dead connection often does not say that it is dead.

import { hearTime } from "./time.js";

const SILENCE_MS = 12000; // the server says something each 5 s
const AGAIN_MS = 3000;

// `after` is the index of the last entry that the page knows: what came since is told first.
export function listen({ url, after, onChange, onReload, onLink }) {
  let source = null;
  let lastId = after === undefined ? "" : String(after);
  let heardAt = performance.now();
  let lost = false;
  let triedAt = 0;
  let again = 0;

  const heard = () => {
    heardAt = performance.now();
    if (lost) {
      lost = false;
      onLink({ lost: false });
      onChange({ caughtUp: true });
    }
  };
  const read = (event, then) => {
    const said = JSON.parse(event.data);
    if (event.lastEventId) lastId = event.lastEventId;
    if (said.now_us) hearTime(said.now_us);
    heard();
    then(said);
  };
  const connect = () => {
    triedAt = performance.now();
    source = new EventSource(lastId ? `${url}?after=${encodeURIComponent(lastId)}` : url);
    source.addEventListener("change", (event) => read(event, onChange));
    source.addEventListener("reload", (event) => read(event, onReload));
    source.addEventListener("beat", (event) => read(event, () => {}));
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) {
        source.close();
        again = setTimeout(connect, AGAIN_MS);
      }
    });
  };
  // a line that went dead without a word stays open for ever: after a silence it is given up, and made anew
  const looking = setInterval(() => {
    const silentMs = performance.now() - heardAt;
    if (silentMs <= SILENCE_MS) return;
    lost = true;
    onLink({ lost: true, silentS: Math.floor(silentMs / 1000) });
    if (performance.now() - triedAt > AGAIN_MS && source.readyState !== EventSource.CONNECTING) {
      source.close();
      connect();
    }
  }, 1000);
  connect();
  return {
    close: () => {
      clearInterval(looking);
      clearTimeout(again);
      source.close();
    },
  };
}
