// The requests of the shop's program, as they come.

import { $, keep, make, say } from "/page/dom.js";
import { secondsOf, t } from "/page/language.js";
import { tellSoon } from "/page/news.js";

/** The newest request that the reader was told of; null before the first look. */
let newest = null;

/** How a request stands, and in which tone. */
function state(request) {
  if (!request.ended) return [t("requests.running"), "accent"];
  if (request.clientLeft) return [t("requests.left"), "warn"];
  if (request.status === null) return [t("requests.closed"), "bad"];
  if (request.acknowledged) return [String(request.status), "good"];
  return [String(request.status), request.status >= 500 || request.status === 200 ? "bad" : "warn"];
}

const subject = (request) => request.operation ?? `${request.method} ${request.path}`;
const chatOf = (request) => /[?&]chatId=(\d+)/.exec(request.path)?.[1] ?? null;

function facts(request) {
  const fault = request.fault ? JSON.stringify({ kind: request.fault.kind, when: request.fault.when }) : null;
  const key = request.key.key ?? (request.key.apiKeyHeader || request.key.authorizationHeader ? t("requests.unknownKey") : t("requests.noKey"));
  return [
    ["requests.line", `${request.method} ${request.path}`],
    ["requests.body", request.body],
    ["requests.key", key],
    ["requests.agent", request.agent],
    ["requests.trace", request.traceId],
    ["requests.inFlight", request.inFlight > 1 ? String(request.inFlight) : null],
    ["requests.fault", fault],
    ["requests.wrote", request.wroteMessage],
    ["requests.created", request.createdChat],
  ].filter(([, value]) => value !== null && value !== undefined);
}

function create() {
  return make("li", {}, make("details", {},
    make("summary", {},
      make("span", { className: "number muted" }), make("span", { className: "subject" }),
      make("span", { className: "chat muted" }), make("span", { className: "when muted" }),
      make("span", { className: "badge" })),
    make("dl", {})));
}

function update(item, request) {
  const [summary, list] = item.firstElementChild.children;
  const [number, name, chat, when, badge] = summary.children;
  const [text, tone] = state(request);
  say(number, `#${request.number}`);
  say(name, subject(request));
  say(chat, chatOf(request) ?? "");
  say(when, secondsOf(request.at));
  say(badge, request.fault ? `↯ ${text}` : text);
  badge.className = `badge ${tone}`;
  keep(list, facts(request), ([key]) => key, () => make("div", {}, make("dt", {}), make("dd", {})),
    (row, [key, value]) => {
      say(row.firstElementChild, t(key));
      say(row.lastElementChild, String(value));
    });
}

export function show(part) {
  say($("requests-total"), String(part.total));
  say($("parallel-now"), t("traffic.of", { count: part.inFlight, limit: part.parallelLimit }));
  say($("parallel-most"), String(part.maxParallel));
  say($("refused"), String(part.parallelRefusals + part.hourlyRefusals));
  $("refused").title = t("traffic.refusedHow", { parallel: part.parallelRefusals, hourly: part.hourlyRefusals });
  $("requests-empty").hidden = part.total > 0;
  keep($("requests"), part.requests.toReversed(), (request) => request.number, create, update);
  announce(part.requests);
}

/** Says how many requests there were since, and the newest that has ended. */
function announce(requests) {
  const last = requests.findLast((request) => request.ended);
  newest ??= last?.number ?? 0;
  if (!last || last.number <= newest) return;
  tellSoon("requests", () => {
    const count = last.number - newest;
    newest = last.number;
    return t("requests.news", { count, name: subject(last), state: state(last)[0] });
  });
}
