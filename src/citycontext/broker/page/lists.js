// The entities as a short list beside the map, as a full table, and as a legend of types.

import { drawing, element, glow, write } from "./dom.js";
import { age, moment, number, unit, words } from "./format.js";
import { kind, state, steps, typeName, valueText } from "./kinds.js";
import { say } from "./words.js";

/** The legend: a switch for each type, how many there are, what its colours mean, and a note that all of them share. */
export function showLegend(container, types, { tint, hidden, onToggle }) {
  const names = types.map(({ type }) => type);
  keyed(container, types, ({ type }) => type, ({ type }) => {
    const meaning = steps(type);
    const button = element("button", { type: "button", class: "type", title: type, onclick: () => onToggle(type) },
      picture(type), element("span"), meaning && element("small", {}, meaning.unit), element("span", { class: "count" }));
    const parts = (meaning?.steps ?? []).map(([rank, word, limit]) => element("li", { class: "step", tint: `var(--${rank})` }, word, element("small", {}, ` ${limit}`)));
    return element("div", {}, button,
      meaning && element("ul", { class: "steps" }, ...parts), element("p", { class: "note" }));
  }, (node, { type, count, note }) => {
    node.style.setProperty("--tint", tint(type));
    const button = node.firstElementChild;
    button.setAttribute("aria-pressed", String(!hidden.has(type)));
    write(button.children[1], typeName(type, names));
    write(button.lastElementChild, String(count));
    write(node.lastElementChild, note ?? "");
  });
}

function picture(type) {
  const shape = kind(type)?.picture;
  return shape ? drawing("svg", { class: "kind-picture", viewBox: "0 0 24 24", "aria-hidden": "true" }, drawing("path", { d: shape }))
    : element("span", { class: "dot", "aria-hidden": "true" });
}

/** The short list: name, headline and age of each entity. */
export function showList(container, entities, { tint, chosen, onChoose }) {
  keyed(container, entities, ({ id }) => id, ({ id }) => element("li", {},
    element("button", { type: "button", class: "entry", onclick: () => onChoose(id) },
      element("span", { class: "dot", "aria-hidden": "true" }), element("span", { class: "name" }),
      element("span", { class: "value" }), element("span", { class: "state" }), element("time", { class: "age" }))),
  (node, entity) => {
    const button = node.firstElementChild;
    const [, name, value, word, time] = button.children;
    node.style.setProperty("--tint", tint(entity));
    button.setAttribute("aria-current", String(entity.id === chosen));
    write(name, entity.name);
    renew(value, entity.headline ? valueText(entity.headline) : "");
    write(word, state(entity)?.word ?? "");
    writeAge(time, entity.time);
  });
}

const COLUMNS = ["Type", "Name", "Measure", "Value", "Unit", "Observed"];

/** The full table, one entity a row. */
export function showTable(container, entities, { tint, chosen, onChoose }) {
  if (!container.firstElementChild) {
    container.append(element("table", {},
      element("thead", {}, element("tr", {}, ...COLUMNS.map((title) => element("th", { scope: "col" }, say(title))))), element("tbody")));
  }
  keyed(container.querySelector("tbody"), entities, ({ id }) => id, ({ id }) => element("tr", {},
    element("td", {}, element("span", { class: "dot", "aria-hidden": "true" }), element("span")),
    element("th", { scope: "row" }, element("button", { type: "button", onclick: () => onChoose(id) })),
    element("td"), element("td", { class: "value" }), element("td"), element("td", {}, element("time"))),
  (node, entity) => {
    const { headline } = entity;
    const [type, name, measure, value, symbol, time] = node.children;
    node.style.setProperty("--tint", tint(entity));
    node.setAttribute("aria-selected", String(entity.id === chosen));
    write(type.lastElementChild, entity.types.map((type) => typeName(type)).join(", "));
    write(name.firstElementChild, entity.name);
    name.title = entity.id;
    write(measure, headline ? words(headline.name) : "");
    renew(value, headlineValue(headline));
    write(symbol, headline ? unit(headline.name, headline.value, headline.unitCode) : "");
    writeAge(time.firstElementChild, entity.time);
  });
}

function headlineValue(headline) {
  if (headline === undefined) return "";
  return typeof headline.value === "number" ? number(headline.name, headline.value) : String(headline.value);
}

function renew(node, text) {
  if (node.textContent === text) return;
  if (node.textContent) glow(node);
  write(node, text);
}

function writeAge(node, time) {
  write(node, time ? age(time) : "");
  if (time) {
    node.setAttribute("datetime", time.toISOString());
    node.title = moment(time);
  }
}

/** Keep one child for each item, in the items' order: a child that stays keeps its focus. */
function keyed(container, items, key, build, update) {
  const children = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const child = children.get(key(item)) ?? build(item);
    child.dataset.key = key(item);
    children.delete(key(item));
    update(child, item);
    const place = before ? before.nextElementSibling : container.firstElementChild;
    if (place !== child) container.insertBefore(child, place);
    before = child;
  }
  for (const child of children.values()) child.remove();
}
