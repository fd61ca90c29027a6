// Did the shop say anything twice, or miss anyone?

import { $, keep, make, say } from "/page/dom.js";
import { t } from "/page/language.js";

const MOST = 3;

let openChat = () => {};

export function setUp(open) {
  openChat = open;
}

export function show(part, chats) {
  const name = (id) => chats?.chats.find((chat) => chat.chatId === String(id))?.customer ?? t("talk.chat", { id });
  const certain = part.saidTwice.filter((twice) => twice.because === "resent" || !twice.customerBetween);
  const twice = part.saidTwice.length;
  finding("twice", {
    tone: certain.length > 0 ? "bad" : twice > 0 ? "warn" : "good",
    text: twice > 0 ? t("verdict.twice", { count: twice }) : t(part.sent > 0 ? "verdict.once" : "verdict.silent", { count: part.sent }),
    items: part.saidTwice,
    line: (item) => t(`verdict.${item.because}${item.customerBetween ? "Between" : ""}`, {
      name: name(item.chatId), earlier: item.earlierRequest, later: item.laterRequest,
    }),
  });
  const unread = part.missed.filter((missed) => missed.because === "unread").length;
  const unanswered = part.missed.length - unread;
  const sentences = [];
  if (unread > 0) sentences.push(t("verdict.unread", { count: unread }));
  if (unanswered > 0) sentences.push(t("verdict.unanswered", { count: unanswered }));
  finding("missed", {
    tone: part.missed.length > 0 ? "warn" : "good",
    text: sentences.join(" ") || t("verdict.nobody"),
    items: part.missed,
    line: (item) => t(item.because === "unread" ? "verdict.unreadLine" : "verdict.unansweredLine", { name: name(item.chatId) }),
  });
}

function finding(id, { tone, text, items, line }) {
  const box = $(id);
  const [sentence, list] = box.children;
  box.className = `finding ${tone}`;
  say(sentence, text);
  const key = (item) => `${item.chatId}/${item.messageId ?? item.laterMessageId}`;
  const create = (item) => {
    const button = make("button", { type: "button", className: "link" });
    button.addEventListener("click", () => openChat(String(item.chatId)));
    return make("li", {}, button);
  };
  const shown = items.slice(0, MOST);
  const rest = items.length - shown.length;
  if (rest > 0) shown.push({ rest });
  keep(list, shown, (item) => ("rest" in item ? "rest" : key(item)),
    (item) => ("rest" in item ? make("li", { className: "muted" }) : create(item)),
    (element, item) => say(element.firstElementChild ?? element, "rest" in item ? t("verdict.rest", { count: item.rest }) : line(item)));
}
