// Faults to switch on with one click.

import { call, post } from "/page/api.js";
import { $, keep, make, say } from "/page/dom.js";
import { t } from "/page/language.js";
import { tell } from "/page/news.js";

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

const ERRORS = [
  "badRequest", "tokenMissing", "tokenInvalid", "tokenPrefixInvalid", "noAccess", "scopeMissing", "businessInactive", "notFound",
  "methodNotAllowed", "bodyTooLarge", "unsupportedMediaType", "parallelLimit", "hourlyLimit", "shopLocked", "serverError", "overloaded",
];

/** Every kind of fault, by its name, and an example of its value where it has one. */
const KINDS = {
  slow: null, close: null, error: "serverError", status: 502, html: 502, emptyBody: 200, errorsNull: 400, errorWith200: null,
  noResult: null, wrongJsonKind: null, truncatedBody: null, truncatedChunks: null, contentLengthTooLong: null,
  contentLengthTooShort: null, endlessBody: null, endlessChunks: null, gzipBomb: 64, redirect: "http://127.0.0.1:8080/",
};

function setUpForm() {
  $("fault-kind").append(...Object.keys(KINDS).map((name) => make("option", { value: name }, name)));
  $("fault-errors").append(...ERRORS.map((name) => make("option", { value: name })));
  const showValue = () => {
    const kind = $("fault-kind").value;
    $("fault-value").disabled = KINDS[kind] === null;
    $("fault-value").value = KINDS[kind] ?? "";
    $("fault-value").setAttribute("list", kind === "error" ? "fault-errors" : "");
  };
  $("fault-kind").addEventListener("change", showValue);
  showValue();
  $("fault-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = $("fault-kind").value;
    const value = typeof KINDS[name] === "number" ? Number($("fault-value").value) : $("fault-value").value;
    order({
      kind: KINDS[name] === null ? name : { [name]: value },
      when: $("fault-when").value,
      skip: Number($("fault-skip").value),
      delayBeforeWorkMs: Number($("fault-delay-before").value),
      delayAfterWorkMs: Number($("fault-delay-after").value),
    });
  });
}

export function setUp() {
  setUpForm();
  speakAgain();
}

/** Words that do not come with the next part. */
export function speakAgain() {
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
  if (await post("/faults", { ...fault, operation, count })) tell(t("faults.ordered"));
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
    const { operation, when, kind, count, skip } = row.fault;
    const parts = [words(kind), operation ?? t("faults.any"), t(when === "after" ? "faults.after" : "faults.before")];
    if (skip > 0) parts.push(t("faults.skips", { count: skip }));
    say(element, `↯ ${parts.join(" · ")} ×${count}`);
  });
}
