// The server's time, kept by a clock that nobody can set back, and how spans of time are said.
// `said` agrees with answerable/web/pages/spans.py: tests/browser/test_board_words.py holds the two together.

let serverUs = Date.now() * 1000;
let heardAt = performance.now();

export function hearTime(nowUs) {
  serverUs = nowUs;
  heardAt = performance.now();
}

export function nowUs() {
  return serverUs + (performance.now() - heardAt) * 1000;
}

export function said(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  const days = Math.floor(whole / 86400);
  return days < 10 ? `${days} d ${Math.floor((whole % 86400) / 3600)} h` : `${days.toLocaleString("en-US")} d`;
}

// How far a deadline is: down to it, then up from it.
export function untilDeadline(dueUs, atUs) {
  const leftS = (dueUs - atUs) / 1e6;
  return leftS >= 0 ? { late: false, words: said(leftS) } : { late: true, words: `LATE ${said(-leftS)}` };
}
