// Faults to switch on with one click.

import { call, post } from "/page/api.js";
import { $, keep, make, say } from "/page/dom.js";
import { t } from "/page/language.js";

export const OPERATIONS = [
  "getChats", "getChat", "getChatHistory", "getChatMessage", "sendMessageToChat", "sendFileToChat", "createChat",
  "getCampaigns", "getAuthTokenInfo", "downloadFile",
];

/** Name in the words, and the fault; its own operation holds where none is chosen. */
const PRESETS = [
  ["loseAnswer", { operation: "sendMessageToChat", when: "after", kind: "close" }],
  ["error500", { kind: { error: "serverError" } }],
  ["parallel420", { kind: { error: "parallelLimit" } }],
  ["hourly420", { kind: { error: "hourlyLimit" } }],
  ["overloaded503", { kind: { error: "overloaded" } }],
  ["slow", { kind: "slow", delayBeforeWorkMs: 5000 }],
  ["close", { kind: "close" }],
  ["cut", { when: "after", kind: "truncatedBody" }],
  ["proxy502", { kind: { html: 502 } }],
  ["key401", { kind: { error: "tokenInvalid" } }],
];

export function setUp() {
  const operations = ["", ...OPERATIONS];
  keep($("fault-operation"), operations, (name) => name || "any", (name) => make("option", { value: name }),
    (option, name) => say(option, name || t("faults.any")));
  keep($("presets"), PRESETS, ([name]) => name, ([, fault]) => {
    const button = make("button", { type: "button", className: "small" });
    button.addEventListener("click", () => order(fault));
    return button;
  }, (button, [name]) => say(button, t(`fault.${name}`)));
}

async function order(fault) {
  const operation = $("fault-operation").value || fault.operation || null;
  const count = Number($("fault-count").value) || 1;
  if (await post("/faults", { ...fault, operation, count })) say($("news"), t("faults.ordered"));
}

function words(kind) {
  if (typeof kind === "string") return kind;
  const [name, value] = Object.entries(kind)[0];
  return `${name} ${value}`;
}

export function showWaiting(faults) {
  const rows = faults.map((fault, place) => ({ fault, place }));
  if (faults.length > 0) rows.push({ clear: true });
  keep($("waiting"), rows, (row) => ("clear" in row ? "clear" : row.place), (row) => {
    if (!("clear" in row)) return make("li", { className: "badge warn" });
    const button = make("button", { type: "button", className: "small quiet" }, t("faults.clear"));
    button.addEventListener("click", async () => {
      if (await call("DELETE", "/faults")) $("presets").firstElementChild.focus();
    });
    return make("li", {}, button);
  }, (element, row) => {
    if ("clear" in row) return;
    const { operation, when, kind, count } = row.fault;
    const parts = [words(kind), operation ?? t("faults.any"), t(when === "after" ? "faults.after" : "faults.before")];
    say(element, `↯ ${parts.join(" · ")} ×${count}`);
  });
}
