// Disputes: the customer or the Market opens one, the arbiter decides it.

import { post } from "/page/api.js";
import { $, say } from "/page/dom.js";
import { t } from "/page/language.js";

/** The chat that is shown. */
let chat = null;
/** The path of the chat that a dialog is about. */
let path = "";

export function show(part) {
  chat = part;
  if (part) say($("dispute"), t(part.disputeIsOpen ? "dispute.decide" : "dispute.open"));
}

function setUpForm(name, read) {
  $(`${name}-form`).addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $(`${name}-text`).value;
    if (await post(`${path}/${name}`, { ...read(), text: text.trim() ? text : null })) $(`${name}-dialog`).close();
  });
}

export function setUp() {
  $("dispute").addEventListener("click", () => {
    const name = chat.disputeIsOpen ? "decision" : "dispute";
    path = `/chats/${chat.chatId}`;
    $(`${name}-text`).value = "";
    $(`${name}-dialog`).showModal();
  });
  setUpForm("dispute", () => ({ by: $("dispute-by").value }));
  setUpForm("decision", () => ({ inFavourOf: $("decision-winner").value }));
}
