// The chats, and the conversation as the customer sees it.

import { post, trouble } from "/page/api.js";
import { $, fill, keep, make, say } from "/page/dom.js";
import { bothNames, dayOf, named, shortDayOf, sizeOf, t, timeOf } from "/page/language.js";

const STATUSES = [
  "NEW", "WAITING_FOR_CUSTOMER", "WAITING_FOR_PARTNER", "WAITING_FOR_ARBITER", "WAITING_FOR_MARKET", "FINISHED",
  // For a program that has to live with what the API will add.
  "SOMETHING_NEW",
];
const MAX_FILE = 5 * 1024 * 1024;

let chosen = null;
/** The conversation that is shown; null while another one is on its way. */
let conversation = null;
let attached = [];
/** Somebody has just started this chat, and goes on writing. */
let goesOn = false;
let told = () => {};

export const openChat = () => chosen;

export function open(chatId) {
  if (chatId !== chosen) {
    chosen = chatId;
    conversation = null;
    $("messages").replaceChildren();
    for (const button of $("chats").querySelectorAll("button")) mark(button);
  }
  told();
}

function mark(button) {
  if (button.parentElement.dataset.key === chosen) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

const about = (chat) =>
  chat.contextId === null ? named("context", chat.context) : `${named("context", chat.context)} ${chat.contextId}`;

function snippet(last) {
  if (!last) return t("chats.noMessage");
  const text = (last.text ?? "").replaceAll("\n", " ");
  const said = last.file ? `${text} [${last.file}]`.trim() : text;
  return last.sender === "CUSTOMER" ? said : `${named("sender", last.sender)}: ${said}`;
}

function tone(chat) {
  if (chat.status === "FINISHED") return "";
  if (chat.status === "NEW" || chat.status === "WAITING_FOR_PARTNER") return "warn";
  return chat.type === "ARBITRAGE" ? "bad" : "accent";
}

/** Control characters would be invisible: their pictures stand for them. */
const visible = (text) =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (control) =>
    control === "\r" ? "" : String.fromCharCode(control === "\u007f" ? 0x2421 : 0x2400 + control.charCodeAt(0)));

const line = (...parts) => make("span", { className: "line" }, ...parts);

export function showChats(part) {
  const shown = part.chats.length;
  say($("chats-count"), shown < part.total ? t("chats.newest", { shown, total: part.total }) : String(part.total));
  $("chats-empty").hidden = part.total > 0;
  const create = (chat) => {
    const button = make("button", { type: "button" },
      line(make("span", { className: "name" }), make("span", { className: "badge" })),
      line(make("span", { className: "about muted" }), make("code", { className: "muted" })),
      line(make("span", { className: "last" }), make("span", { className: "when muted" })));
    button.addEventListener("click", () => open(chat.chatId));
    return make("li", {}, button);
  };
  keep($("chats"), part.chats, (chat) => chat.chatId, create, (item, chat) => {
    const button = item.firstElementChild;
    const [name, status, what, code, last, when] = [...button.children].flatMap((row) => [...row.children]);
    say(name, chat.customer ?? t("talk.nobody"));
    say(when, shortDayOf(chat.updatedAt));
    say(what, chat.type === "ARBITRAGE" ? `${about(chat)} · ${named("type", chat.type)}` : about(chat));
    say(status, chat.hidden ? t("chats.hidden") : named("status", chat.status));
    status.className = `badge ${chat.hidden ? "" : tone(chat)}`;
    say(code, chat.status);
    say(last, snippet(chat.last));
    mark(button);
  });
  if (chosen === null && part.chats.length > 0) {
    chosen = part.chats[0].chatId;
    for (const button of $("chats").querySelectorAll("button")) mark(button);
    told(true);
  }
}

/** What is said below a message about how the shop's program knows it. */
function fate(message) {
  if (!message.visible) return [t("message.later"), "warn"];
  if (message.sender === "CUSTOMER") {
    return message.readBy === null ? [t("message.unread"), "muted"] : [t("message.readBy", { number: message.readBy }), "muted"];
  }
  if (message.request === null) return ["", "muted"];
  return message.acknowledged
    ? [t("message.sentBy", { number: message.request }), "muted"]
    : [t("message.unacknowledged", { number: message.request }), "warn"];
}

function createMessage(message) {
  const files = message.files.map((file) =>
    make("a", { className: "attachment", href: `/page/files/${file.id}`, download: file.name },
      make("span", {}, file.name), make("span", { className: "muted" }, sizeOf(file.size))));
  const kind = message.sender === "CUSTOMER" ? "customer" : message.byShop ? "by-shop" : "by-other";
  return make("li", { className: kind },
    make("p", { className: "meta muted" }, make("strong", {}, named("sender", message.sender)), " ", timeOf(message.at)),
    make("div", { className: "bubble" },
      message.text === null ? null : make("p", { className: "text", dir: "auto" }, visible(message.text)),
      message.textLeftOut > 0 ? make("p", { className: "muted" }, t("message.leftOut", { count: message.textLeftOut })) : null, ...files),
    make("p", { className: "fate" }));
}

function withDays(messages) {
  let day = null;
  return messages.flatMap((message) => {
    const its = dayOf(message.at);
    const rows = its === day ? [message] : [{ day: its, messageId: `day-${message.messageId}` }, message];
    day = its;
    return rows;
  });
}

export function showConversation(part) {
  const list = $("messages");
  const log = $("log");
  const isOther = conversation?.chatId !== part?.chatId;
  conversation = part;
  $("chat-tools").hidden = part === null;
  $("composer").hidden = part === null;
  say($("talk-title"), part ? (part.customer ?? t("talk.nobody")) : t("talk.title"));
  say($("talk-about"), part ? `${part.type === "CHAT" ? "" : `${bothNames("type", part.type)} · `}${about(part)} · ${t("talk.chat", { id: part.chatId })}` : "");
  say($("talk-empty"), part ? (part.messages.length ? "" : t("talk.quiet")) : t("talk.choose"));
  $("talk-empty").hidden = part !== null && part.messages.length > 0;
  $("left-out").hidden = !part?.leftOut;
  if (!part) {
    list.replaceChildren();
    return;
  }
  if (part.leftOut) say($("left-out"), t("talk.leftOut", { count: part.leftOut }));
  showTools(part);
  // Only what is new is read out, not a whole conversation that was opened.
  log.setAttribute("aria-busy", String(isOther));
  const atEnd = isOther || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const create = (row) => ("day" in row ? make("li", { className: "day" }, make("span", {}, row.day)) : createMessage(row));
  keep(list, withDays(part.messages), (row) => row.messageId, create, (item, row) => {
    if ("day" in row) return;
    const [text, kind] = fate(row);
    const line = item.lastElementChild;
    say(line, text);
    line.className = `fate ${kind}`;
  });
  if (atEnd) log.scrollTop = log.scrollHeight;
  if (goesOn) $("text").focus();
  goesOn = false;
  requestAnimationFrame(() => log.setAttribute("aria-busy", "false"));
}

function showTools(chat) {
  const statuses = STATUSES.includes(chat.status) ? STATUSES : [...STATUSES, chat.status];
  const create = (status) => make("option", { value: status });
  keep($("status"), statuses, (status) => status, create, (option, status) => say(option, bothNames("status", status)));
  fill($("status"), chat.status);
  $("hide").setAttribute("aria-pressed", String(chat.hidden));
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function showAttached() {
  keep($("attached"), attached, (file) => `${file.name}/${file.size}/${file.lastModified}`, (file) => {
    const remove = make("button", { type: "button", className: "small quiet" }, "✕");
    remove.addEventListener("click", () => {
      attached = attached.filter((other) => other !== file);
      showAttached();
      $("text").focus();
    });
    return make("li", { className: "badge" }, `${file.name} (${sizeOf(file.size)})`, remove);
  }, (item, file) => item.querySelector("button").setAttribute("aria-label", t("talk.remove", { name: file.name })));
}

async function send() {
  const text = $("text").value;
  if (!conversation || (!text.trim() && attached.length === 0)) return;
  const files = await Promise.all(attached.map(async (file) => ({ name: file.name, base64: await base64(file) })));
  const message = {
    sender: $("sender").value, text: text.trim() ? text : null, files, visibleAfterMs: Number($("visible-after").value) || 0,
  };
  const written = await post(`/chats/${conversation.chatId}/messages`, message);
  if (!written) return;
  $("text").value = "";
  // A message that comes late is an exception.
  $("visible-after").value = 0;
  attached = [];
  showAttached();
  $("text").focus();
}

function setUpComposer() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  $("files").addEventListener("change", () => {
    for (const file of $("files").files) {
      if (file.size > MAX_FILE) trouble(t("talk.tooLarge", { name: file.name }));
      else attached.push(file);
    }
    // The same file can be chosen again.
    $("files").value = "";
    showAttached();
  });
  $("status").addEventListener("change", () => post(`/chats/${conversation.chatId}/status`, { status: $("status").value }));
  $("hide").addEventListener("click", () => post(`/chats/${conversation.chatId}/hidden`, { hidden: !conversation.hidden }));
}

function setUpDialog() {
  const dialog = $("chat-dialog");
  const needsId = () => {
    const needed = $("new-context").value !== "DIRECT";
    $("new-id").disabled = !needed;
    $("new-id").required = needed;
  };
  $("new-chat").addEventListener("click", () => {
    $("new-text").value = "";
    keep($("new-status"), ["", ...STATUSES], (status) => status, (status) => make("option", { value: status }),
      (option, status) => say(option, status ? bothNames("status", status) : t("new.statusByText")));
    $("new-status").value = "";
    needsId();
    dialog.showModal();
  });
  $("new-context").addEventListener("change", needsId);
  $("chat-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const contextType = $("new-context").value;
    const started = await post("/chats", {
      contextType,
      contextId: contextType === "DIRECT" ? null : Number($("new-id").value),
      customer: $("new-customer").value.trim() || null,
      type: $("new-type").value,
      status: $("new-status").value || null,
      text: $("new-text").value.trim() ? $("new-text").value : null,
    });
    if (!started) return;
    dialog.close();
    goesOn = true;
    open(String(started.chatId));
  });
}

/** Words that do not come with the next part. */
export function speakAgain() {
  $("status").replaceChildren();
  showAttached();
  if (conversation === null) showConversation(null);
}

/** The arrows go through the chats, as in any list. */
function setUpArrows() {
  $("chats").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...$("chats").querySelectorAll("button")];
    event.preventDefault();
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
  });
}

export function setUp({ opened }) {
  told = opened;
  setUpArrows();
  setUpComposer();
  setUpDialog();
  showConversation(null);
}
