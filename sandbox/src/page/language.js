// The page's words, in the language of its reader.

import words from "/page/words.js";
import { say } from "/page/dom.js";

const STORED = "ymchat-sandbox-language";

function first() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // Storage may be forbidden; the browser's language is good enough.
  }
  if (stored in words) return stored;
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in words);
  return known ?? "en";
}

let language = first();

export const current = () => language;

export function choose(chosen) {
  language = chosen;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // It holds as long as the page is open.
  }
}

/** The words of a key, with `{name}` replaced by `values.name`; `values.count` chooses the form. */
export function t(key, values = {}) {
  let text = words[language][key] ?? key;
  if (typeof text === "object") text = text[new Intl.PluralRules(language).select(values.count)];
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** What the API calls something: in words where there are some, else the API's own name. */
export function named(group, name) {
  const key = `${group}.${name}`;
  return key in words[language] ? words[language][key] : String(name);
}

/** In words, and as the API calls it, so that a reader can connect the two. */
export function bothNames(group, name) {
  const words = named(group, name);
  return words === name ? words : `${words} (${name})`;
}

/** Puts the words into everything that stands in the page from the start. */
export function speak() {
  document.documentElement.lang = language;
  document.title = t("page.title");
  for (const element of document.querySelectorAll("[data-t]")) say(element, t(element.dataset.t));
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
    if (element.tagName === "BUTTON") element.title = t(element.dataset.tLabel);
  }
  for (const element of document.querySelectorAll("[data-t-placeholder]")) {
    element.placeholder = t(element.dataset.tPlaceholder);
  }
}

/** Day and time of a date of the API, as it stands there, whatever the time zone of this computer. */
function shifted(date) {
  const offset = /([+-])(\d\d):?(\d\d)$/.exec(date);
  const minutes = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return Date.parse(date) + minutes * 60_000;
}

const format = (options, milliseconds) =>
  new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", { ...options, timeZone: "UTC" }).format(milliseconds);

export const timeOf = (date) => format({ hour: "2-digit", minute: "2-digit" }, shifted(date));
export const secondsOf = (date) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, shifted(date));
export const dayOf = (date) => format({ day: "numeric", month: "long" }, shifted(date));
export const shortDayOf = (date) => format({ day: "numeric", month: "short" }, shifted(date));
export const clockOf = (milliseconds) =>
  format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }, milliseconds);

export function sizeOf(bytes) {
  const [amount, unit] = bytes < 1000 ? [bytes, "byte"] : bytes < 1_000_000 ? [bytes / 1000, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(amount);
}
