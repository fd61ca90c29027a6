// The keys that a program can try.

import { call } from "/page/api.js";
import { $, keep, make } from "/page/dom.js";
import { named, t } from "/page/language.js";
import { tell } from "/page/news.js";

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    tell(t("page.copied"));
  } catch {
    // Not every browser gives the clipboard: the reader can copy what is selected.
    getSelection().selectAllChildren(code);
  }
}

function createKey([name, secret]) {
  const code = make("code", {}, secret);
  const button = make("button", { type: "button", className: "small quiet", "aria-label": t("keys.copy", { name }) }, t("page.copy"));
  button.addEventListener("click", () => copy(code));
  return make("li", {}, make("p", {}, make("strong", {}, name), " ", make("span", { className: "muted" }, named("key", name))), code, button);
}

export function setUp() {
  $("copy-key").addEventListener("click", () => copy($("key")));
  $("keys").addEventListener("click", async () => {
    const sandbox = await call("GET", "");
    if (!sandbox) return;
    $("key-list").replaceChildren();
    keep($("key-list"), Object.entries(sandbox.keys), ([name]) => name, createKey, () => {});
    $("keys-dialog").showModal();
  });
}
