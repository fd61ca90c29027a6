// The page: hears what happens, and has each part shown by its own file.

import { call, post } from "/page/api.js";
import { $, say } from "/page/dom.js";
import * as disputes from "/page/disputes.js";
import * as faults from "/page/faults.js";
import { choose, clockOf, current, speak, t } from "/page/language.js";
import * as keys from "/page/keys.js";
import * as market from "/page/market.js";
import * as requests from "/page/requests.js";
import * as talk from "/page/talk.js";
import * as verdict from "/page/verdict.js";

/** The newest of each part, by its name. */
const known = {};
let stream = null;
let isLinked = false;

const shown = {
  sandbox(part) {
    say($("address"), part.baseUrl);
    say($("business"), String(part.businessId));
    say($("key"), part.apiKey);
  },
  market(part) {
    showClock();
    faults.showWaiting(part.faults);
    market.showSwitches(part.switches);
  },
  chats: talk.showChats,
  conversation(part) {
    talk.showConversation(part);
    disputes.show(part);
  },
  traffic: requests.show,
  quotas: market.showQuotas,
  verdict: verdict.show,
  notifications: market.showNotifications,
};

function showLink() {
  say($("link"), t(isLinked ? "page.live" : "page.lost"));
  $("link").className = `badge ${isLinked ? "good" : "bad"}`;
}

function listen() {
  stream?.close();
  const chat = talk.openChat();
  stream = new EventSource(`/page/live${chat ? `?chat=${chat}` : ""}`);
  stream.onopen = () => {
    isLinked = true;
    showLink();
  };
  stream.onerror = () => {
    isLinked = false;
    showLink();
  };
  for (const [name, show] of Object.entries(shown)) {
    stream.addEventListener(name, (event) => {
      known[name] = JSON.parse(event.data);
      show(known[name]);
    });
  }
}

function showClock() {
  const clock = known.market?.clock;
  if (!clock) return;
  say($("now"), clockOf(now()));
  $("freeze").setAttribute("aria-pressed", String(clock.frozenAtMs !== null));
}

/** Now by the Market's clock and in its time zone, as milliseconds of a day of UTC. */
function now() {
  const { frozenAtMs, offsetMs, utcOffsetMinutes } = known.market.clock;
  return (frozenAtMs ?? Date.now() + offsetMs) + utcOffsetMinutes * 60_000;
}

function setUpClock() {
  setInterval(showClock, 1000);
  $("set-clock").addEventListener("click", () => {
    $("clock-to").value = new Date(now()).toISOString().slice(0, 19);
    $("clock-dialog").showModal();
  });
  $("clock-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const moment = Date.parse(`${$("clock-to").value}Z`) - known.market.clock.utcOffsetMinutes * 60_000;
    if (await post("/clock", { setTo: new Date(moment).toISOString() })) $("clock-dialog").close();
  });
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => post("/clock", { advanceSeconds: Number(button.dataset.advance) }));
  }
  $("freeze").addEventListener("click", () => post("/clock", { frozen: known.market.clock.frozenAtMs === null }));
}

function setUpLanguage() {
  const next = () => (current() === "en" ? "ru" : "en");
  const label = () => {
    say($("language"), next() === "ru" ? "Русский" : "English");
    $("language").lang = next();
  };
  $("language").addEventListener("click", () => {
    choose(next());
    for (const list of document.querySelectorAll("main ul, main ol, main tbody, #presets, #switches")) list.replaceChildren();
    speak();
    label();
    showLink();
    faults.speakAgain();
    talk.speakAgain();
    for (const [name, part] of Object.entries(known)) shown[name](part);
  });
  label();
}

/** On a narrow screen one part at a time. */
function setUpViews() {
  const go = (view) => {
    document.body.dataset.view = view;
    for (const button of document.querySelectorAll("[data-go]")) {
      if (button.dataset.go === view) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    // What had the focus may be in a part that is not shown any more.
    if (!document.activeElement?.checkVisibility()) $(`${view}-title`).focus();
  };
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    go("talk");
    ($("composer").hidden ? $("new-chat") : $("text")).focus();
  });
  for (const button of document.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => go(button.dataset.go));
  }
  go("chats");
  return go;
}

function setUpTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const select = (chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      $(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
  };
  for (const [place, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const target = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : place + step;
      if (Number.isNaN(target)) return;
      event.preventDefault();
      const next = tabs[(target + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
  }
}

function setUpTools() {
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  $("forget").addEventListener("click", () => call("DELETE", "/record"));
  $("reset").addEventListener("click", () => {
    if (confirm(t("shop.resetSure"))) post("/reset");
  });
  $("trouble").querySelector("button").addEventListener("click", () => {
    $("trouble").hidden = true;
  });
}

speak();
setUpClock();
setUpLanguage();
const go = setUpViews();
setUpTabs();
setUpTools();
keys.setUp();
disputes.setUp();
faults.setUp();
market.setUp();
talk.setUp({
  opened(isFirst) {
    listen();
    if (!isFirst) go("talk");
  },
});
verdict.setUp(talk.open);
showLink();
listen();
