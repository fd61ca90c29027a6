// What a screen reader says of what happens: never more than it can say.

import { $ } from "/page/dom.js";

/** Between two sentences about what happens by itself, in milliseconds. */
const PAUSE = 5000;

const waiting = new Map();
let isResting = false;

/** Says it at once: the reader has done something, and waits for what comes of it. */
export function tell(text) {
  // The same sentence again would be no change.
  $("news").textContent = $("news").textContent === text ? `${text}\u00a0` : text;
}

/** Says it soon. `words` is asked when it is said; a newer one under the same name takes its place. */
export function tellSoon(name, words) {
  waiting.set(name, words);
  if (!isResting) flush();
}

function flush() {
  const texts = [...waiting.values()].map((words) => words());
  waiting.clear();
  if (texts.length === 0) return;
  tell(texts.join(" "));
  isResting = true;
  setTimeout(() => {
    isResting = false;
    flush();
  }, PAUSE);
}
