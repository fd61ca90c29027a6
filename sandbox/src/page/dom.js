// What the page is made of: elements and texts, never HTML.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; a child that is a string becomes text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("aria-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets a text where it has changed: an unchanged one is not to be read out again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows a value in a field, unless somebody is just typing in it. */
export function fill(field, value) {
  if (document.activeElement !== field) field.value = value;
}

const CONTROLS = "button, summary, a, input, select";

/**
 * Makes a list show these items. An element stays the same as long as its item's key does, so
 * that focus, selection and open details are kept.
 */
export function keep(list, items, keyOf, create, update) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const before = focused ? [...list.children] : [];
  const itsPlace = before.findIndex((child) => child.contains(focused));
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let element = known.get(key);
    if (element) {
      known.delete(key);
    } else {
      element = create(item);
      element.dataset.key = key;
    }
    update(element, item);
    if (element === place) {
      place = place.nextElementSibling;
    } else {
      list.insertBefore(element, place);
    }
  }
  for (const gone of known.values()) gone.remove();
  if (!focused || document.activeElement === focused) return;
  // Where the focused item has gone, its neighbour has the focus: never the whole page.
  const neighbours = [...before.slice(itsPlace), ...before.slice(0, itsPlace).reverse()];
  const next = list.contains(focused) ? focused : (neighbours.find((child) => child.isConnected) ?? list.lastElementChild);
  (next?.matches(CONTROLS) ? next : next?.querySelector(CONTROLS))?.focus({ preventScroll: true });
}
