// One entity, opened: its newest values with unit and age, and the last hour of the numeric ones.

import { chart, numeric, sparkline } from "./chart.js";
import { element } from "./dom.js";
import { age, moment, number, shortName, unit, words } from "./format.js";
import { state, typeName } from "./kinds.js";
import { say } from "./words.js";

const TOLD_ABOVE = new Set(["name", "title", "description", "source", "dataProvider"]);

/** Draw an entity into the container; `drawn` names the attribute whose history is charted. */
export function showDetails(container, entity, { tint, history, past, drawn, onDraw, onClose }) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  const series = new Map([...history].map(([name, values]) => [name, numeric(values)]).filter(([, values]) => values.length > 1));
  const { headline } = entity;
  const charted = series.has(drawn) ? drawn : series.has(headline?.name) ? headline.name : series.keys().next().value;
  const unitCode = entity.attributes.find((one) => one.name === charted)?.unitCode;

  container.style.setProperty("--tint", tint);
  const parts = [
    element("button", { type: "button", class: "back", "data-keep": "back", onclick: onClose }, say("← All entities")),
    element("header", {},
      element("p", { class: "kind" }, element("span", { class: "dot", "aria-hidden": "true" }), entity.types.map((type) => typeName(type)).join(", ")),
      element("h2", {}, entity.name),
      element("p", { class: "id" }, entity.id),
      entity.note ? element("p", { class: "note" }, entity.note) : null,
      entity.source ? element("p", { class: "note" }, say("Source: "), link(entity.source)) : null),
    headline && element("p", { class: "hero" },
      element("strong", {}, typeof headline.value === "number" ? number(headline.name, headline.value) : String(headline.value)),
      element("span", {}, unit(headline.name, headline.value, headline.unitCode)),
      state(entity) && element("b", { class: "state" }, state(entity).word),
      element("small", {}, words(headline.name), headline.time ? ` · ${age(headline.time)}` : null)),
    charted && element("section", { class: "past", "aria-label": say("History of {0}", words(charted)) },
      element("h3", {}, say(past ?? "{0}, last hour", words(charted))),
      chart(charted, series.get(charted), unitCode)),
    element("ul", { class: "attributes" },
      ...entity.attributes.filter((one) => !TOLD_ABOVE.has(shortName(one.name))).map((one) => attributeRow(one, series, charted, onDraw))),
    element("p", { class: "raw" },
      element("a", { href: `ngsi-ld/v1/entities/${encodeURIComponent(entity.id)}`, target: "_blank", rel: "noopener", "data-keep": "raw" }, say("Open as NGSI-LD"))),
  ];
  container.replaceChildren(...parts.filter(Boolean));
  if (focused) container.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function attributeRow(one, series, charted, onDraw) {
  const values = series.get(one.name);
  const label = [
    element("span", { class: "what", title: one.name }, words(one.name), one.dataset ? element("small", {}, ` ${one.dataset}`) : null),
    values && sparkline(values),
    element("span", { class: "value" }, ...spell(one)),
    element("time", { class: "age", datetime: one.time?.toISOString(), title: one.time && say(one.observed ? "observed {0}" : "stored {0}", moment(one.time)) },
      one.time ? age(one.time) : ""),
  ];
  if (!values) return element("li", {}, element("div", { class: "row" }, ...label));
  const pressed = String(one.name === charted);
  return element("li", {}, element("button",
    { type: "button", class: "row drawn", "aria-pressed": pressed, "data-keep": one.name, onclick: () => onDraw(one.name) }, ...label));
}

/** A value in words: numbers with their unit, places as coordinates, links as links. */
function spell(one) {
  const { name, value } = one;
  if (typeof value === "number") return [number(name, value), element("small", {}, ` ${unit(name, value, one.unitCode)}`.trimEnd())];
  if (value?.type === "Point") return [`${degrees(value.coordinates[1], "N", "S")}, ${degrees(value.coordinates[0], "E", "W")}`];
  if (value?.type && value.coordinates) return [value.type];
  if (value?.["@value"]) return [dated(value["@value"])];
  if (one.type === "Relationship") return [value].flat().map((target) => entityLink(String(target)));
  if (Array.isArray(value) && value.every((part) => typeof part !== "object")) return [value.join(", ")];
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? [dated(value)] : [link(value)];
  return [JSON.stringify(value)];
}

/** A link to the entity, on this page. */
function entityLink(id) {
  return element("a", { href: `#${new URLSearchParams({ entity: id })}`, "data-keep": id }, id.replace(/^urn:ngsi-ld:/, ""));
}

function degrees(value, positive, negative) {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;
}

function dated(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : moment(time);
}

function link(text) {
  return /^https?:\/\/\S+$/.test(text) ? element("a", { href: text, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}
