// Did the shop say anything twice, or miss anyone?

import { $, keep, make, say } from "/page/dom.js";
import { t } from "/page/language.js";
import { tellSoon } from "/page/news.js";

let openChat = () => {};

export function setUp(open) {
  openChat = open;
}

export function show(part) {
  const name = (item) => item.customer ?? t("talk.chat", { id: item.chatId });
  const { twice } = part;
  finding("twice", {
    tone: part.certain > 0 ? "bad" : twice > 0 ? "warn" : "good",
    text: twice > 0 ? t("verdict.twice", { count: twice }) : t(part.sent > 0 ? "verdict.once" : "verdict.silent", { count: part.sent }),
    items: part.saidTwice,
    count: twice,
    line: (item) => t(`verdict.${item.because}${item.customerBetween ? "Between" : ""}`, {
      name: name(item), earlier: item.earlierRequest, later: item.laterRequest,
    }),
  });
  const { unread } = part;
  const unanswered = part.missedChats - unread;
  const sentences = [];
  if (unread > 0) sentences.push(t("verdict.unread", { count: unread }));
  if (unanswered > 0) sentences.push(t("verdict.unanswered", { count: unanswered }));
  finding("missed", {
    tone: part.missedChats > 0 ? "warn" : "good",
    text: sentences.join(" ") || t("verdict.nobody"),
    items: part.missed,
    count: part.missedChats,
    line: (item) => t(item.because === "unread" ? "verdict.unreadLine" : "verdict.unansweredLine", { name: name(item) }),
  });
}

/** The tone of each finding that the reader knows. */
const tones = new Map();

function finding(id, { tone, text, items, count, line }) {
  const box = $(id);
  const [sentence, list] = box.children;
  box.className = `finding ${tone}`;
  say(sentence, text);
  // Not each number: only what gets worse or better.
  if (tones.has(id) && tones.get(id) !== tone) tellSoon(id, () => sentence.textContent);
  tones.set(id, tone);
  const key = (item) => `${item.chatId}/${item.messageId ?? item.laterMessageId}`;
  const create = (item) => {
    const button = make("button", { type: "button", className: "link" });
    button.addEventListener("click", () => openChat(String(item.chatId)));
    return make("li", {}, button);
  };
  const shown = [...items];
  const rest = count - items.length;
  if (rest > 0) shown.push({ rest });
  keep(list, shown, (item) => ("rest" in item ? "rest" : key(item)),
    (item) => ("rest" in item ? make("li", { className: "muted" }) : create(item)),
    (element, item) => say(element.firstElementChild ?? element, "rest" in item ? t("verdict.rest", { count: item.rest }) : line(item)));
}
