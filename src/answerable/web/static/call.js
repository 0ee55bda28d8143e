// The page of one call: it says when something was entered about it, and changes nothing that is being read or typed.
// A page that nobody looks at keeps no line open: browsers have few, and the board needs one.

import { listen } from "./live.js";

const page = document.getElementById("subject");
const changed = document.getElementById("changed");
let known = Number(page.dataset.index);
let line = null;

function open() {
  line ??= listen({
    url: "/events",
    after: known,
    onChange: ({ about = [], whole, index = known }) => {
      if ((whole || about.includes(page.dataset.id)) && index > known) changed.hidden = false;
      known = Math.max(known, index);
    },
    onReload: () => { changed.hidden = false; },
    onLink: ({ lost }) => { document.getElementById("link-lost").hidden = !lost; },
  });
}

function close() {
  line?.close();
  line = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
if (!document.hidden) open();
