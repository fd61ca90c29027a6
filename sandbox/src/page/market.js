// Quotas, switches and notifications.

import { call, post } from "/page/api.js";
import { $, fill, keep, make, say } from "/page/dom.js";
import { named, secondsOf, t, timeOf } from "/page/language.js";

/** The values of switches that are neither on or off nor a number. */
const CHOICES = {
  historyOrder: ["ascending", "descending"],
  chatsOrder: ["ascending", "descending"],
  messageIdFrom: ["inclusive", "exclusive"],
};

export function showQuotas(part) {
  keep($("quotas"), Object.entries(part), ([name]) => name, ([name]) => {
    const button = make("button", { type: "button", className: "small quiet" });
    button.addEventListener("click", () => post("/quotas", { [name]: { used: Number(button.dataset.used) } }));
    const limit = make("input", { type: "number", min: 0, "aria-label": t("quotas.limitLabel", { name }) });
    limit.addEventListener("change", () => post("/quotas", { [name]: { limit: Number(limit.value) } }));
    const meter = make("meter", {});
    meter.setAttribute("aria-label", t("quotas.meter", { name }));
    return make("tr", {},
      make("th", { scope: "row" }, name),
      make("td", {}, meter, make("span", { className: "amount" })),
      make("td", {}, limit), make("td", { className: "muted" }), make("td", {}, button));
  }, (row, [name, quota]) => {
    const [, used, limit, until, action] = row.children;
    const meter = used.firstElementChild;
    Object.assign(meter, { max: Math.max(quota.limit, 1), high: quota.limit * 0.8, low: quota.limit * 0.5, optimum: 0, value: quota.used });
    say(used.lastElementChild, String(quota.used));
    fill(limit.firstElementChild, quota.limit);
    say(until, quota.until ? quota.until.slice(17, 25) : "–");
    const isUsedUp = quota.used > 0 && quota.used >= quota.limit;
    const button = action.firstElementChild;
    button.dataset.used = isUsedUp ? 0 : quota.limit;
    say(button, t(isUsedUp ? "quotas.giveBack" : "quotas.useUp"));
    button.setAttribute("aria-label", t(isUsedUp ? "quotas.giveBackLabel" : "quotas.useUpLabel", { name }));
  });
}

function createSwitch([name, value]) {
  const id = `switch-${name}`;
  let field;
  if (typeof value === "boolean") {
    field = make("input", { type: "checkbox", id });
    field.addEventListener("change", () => post("/switches", { [name]: field.checked }));
  } else if (name in CHOICES) {
    field = make("select", { id }, ...CHOICES[name].map((choice) => make("option", { value: choice }, named("choice", choice))));
    field.addEventListener("change", () => post("/switches", { [name]: field.value }));
  } else {
    field = make("input", { type: "number", id });
    field.addEventListener("change", () => post("/switches", { [name]: Number(field.value) }));
  }
  return make("div", { className: "switch" },
    make("label", { for: id }, make("span", {}, named("switch", name)), make("code", { className: "muted" }, name)), field);
}

export function showSwitches(part) {
  keep($("switches"), Object.entries(part), ([name]) => name, createSwitch, (row, [, value]) => {
    const field = row.lastElementChild;
    if (typeof value === "boolean") field.checked = value;
    else fill(field, value);
  });
}

function outcome(record) {
  if (record.answered) return [t("notifications.answered"), "good"];
  if (record.attemptsMade === 0) return [t("notifications.waiting"), "accent"];
  return record.nextAttemptAt ? [t("notifications.again", { time: timeOf(record.nextAttemptAt) }), "warn"] : [t("notifications.givenUp"), "bad"];
}

function createNotification() {
  return make("li", {}, make("details", {},
    make("summary", {},
      make("span", { className: "number muted" }), make("span", { className: "subject" }),
      make("span", { className: "chat muted" }), make("span", { className: "badge" })),
    make("pre", {}), make("ul", {})));
}

function updateNotification(item, record) {
  const [summary, body, attempts] = item.firstElementChild.children;
  const [number, name, chat, badge] = summary.children;
  const [text, tone] = outcome(record);
  say(number, `#${record.number}`);
  say(name, record.type ?? "–");
  say(chat, record.chatId === null ? "" : String(record.chatId));
  say(badge, text);
  badge.className = `badge ${tone}`;
  say(body, record.body);
  const rows = record.attempts.map((attempt, place) => ({ attempt, place }));
  keep(attempts, rows, (row) => row.place, () => make("li", {}), (row, { attempt }) => {
    const parts = [secondsOf(attempt.at), attempt.httpStatus, attempt.problem, attempt.body];
    say(row, parts.filter((part) => part !== null && part !== "").join(" · "));
  });
}

export function showNotifications(part) {
  const { url } = part.settings;
  fill($("notify-url"), url ?? "");
  for (const field of document.querySelectorAll("[data-setting]")) fill(field, part.settings[field.dataset.setting]);
  $("ping").disabled = url === null || part.switchedOff;
  const state = part.switchedOff ? "notifications.off" : url === null ? "notifications.none" : "notifications.on";
  say($("notify-state"), t(state));
  keep($("notifications"), part.notifications.toReversed(), (record) => record.number, createNotification, updateNotification);
}

export function setUp() {
  $("notify").addEventListener("submit", (event) => {
    event.preventDefault();
    post("/notifications/settings", { url: $("notify-url").value.trim() || null });
  });
  $("ping").addEventListener("click", () => post("/notifications/ping"));
  for (const field of document.querySelectorAll("[data-setting]")) {
    field.addEventListener("change", () => post("/notifications/settings", { [field.dataset.setting]: Number(field.value) }));
  }
  $("notify-any").addEventListener("submit", (event) => {
    event.preventDefault();
    post("/notifications", $("notify-body").value);
  });
  $("forget-notifications").addEventListener("click", () => call("DELETE", "/notifications"));
}
