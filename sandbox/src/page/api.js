// The admin API: everything that the page does, a program can do with it, too.

import { $, say } from "/page/dom.js";
import { t } from "/page/language.js";

export function trouble(text) {
  // What lies outside of an open dialog is neither seen nor read out.
  (document.querySelector("dialog[open]") ?? document.body).append($("trouble"));
  say($("trouble").firstElementChild, text);
  $("trouble").hidden = false;
}

/** Calls the admin API; null where it refuses, which the reader is told. */
export async function call(method, path, body) {
  try {
    const answer = await fetch(`/_sandbox${path}`, {
      method,
      // A text is JSON already: reading it here would round great numbers.
      body: typeof body === "object" ? JSON.stringify(body) : body,
    });
    const json = await answer.json();
    if (!answer.ok) {
      trouble(t("page.refused", { why: json.errors[0].message }));
      return null;
    }
    $("trouble").hidden = true;
    return json;
  } catch {
    trouble(t("page.gone"));
    return null;
  }
}

export const post = (path, body = {}) => call("POST", path, body);
