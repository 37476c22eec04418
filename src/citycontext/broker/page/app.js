// The page: reads the broker every two seconds while it is looked at, and shows what it holds.

import { readEntities, readHistory, readMoment, readSettings, readTypes } from "./broker.js";
import { showDetails } from "./details.js";
import { element, write } from "./dom.js";
import { numericNames, read } from "./entities.js";
import { replay, shortName } from "./format.js";
import { colour, headlines, kind, order, state as stateOf, typeName } from "./kinds.js";
import { showLegend, showList, showTable } from "./lists.js";
import { CityMap } from "./map.js";
import { say, spoken, translate } from "./words.js";

translate();
const settings = await readSettings();

const PERIOD = 2000;
const HISTORY = 3_600_000;
const TINTS = 8;

const view = {
  map: document.getElementById("map"),
  table: document.getElementById("table"),
  overview: document.getElementById("overview"),
  legend: document.getElementById("legend"),
  find: document.getElementById("find"),
  list: document.getElementById("list"),
  nothing: document.getElementById("nothing"),
  details: document.getElementById("details"),
  status: document.getElementById("status"),
  statusText: document.getElementById("status-text"),
  title: document.getElementById("title"),
  strip: document.getElementById("strip"),
  headlines: document.getElementById("headlines"),
  clock: document.getElementById("clock"),
  story: document.getElementById("story"),
};

const state = {
  types: [],
  entities: new Map(),
  hidden: new Set(),
  chosen: undefined,
  history: new Map(),
  drawn: undefined,
  readOnce: false,
  stopped: undefined,
  members: undefined,
};
let settled = false;

const schematic = settings.schematic && (await fetch(`page/${settings.schematic}`).then((answer) => answer.json()).catch(() => undefined));
const basemap = settings.basemap && (await import("./basemap.js")).basemap(settings.basemap);
const map = new CityMap(view.map, choose, { basemap, schematic, onGroup, onArrow: fromMap });

function tint(typeOrEntity) {
  const rank = typeof typeOrEntity === "string" ? undefined : stateOf(typeOrEntity)?.rank;
  if (rank) return colour(rank);
  const type = typeof typeOrEntity === "string" ? typeOrEntity : typeOrEntity.types[0];
  return `var(--type-${Math.max(0, state.types.indexOf(type)) % TINTS})`;
}

function shown() {
  const words = view.find.value.trim().toLowerCase();
  const rank = (entity) => state.types.indexOf(entity.types[0]);
  return [...state.entities.values()]
    .filter((entity) => !state.hidden.has(entity.types[0]))
    .filter((entity) => !state.members || state.members.has(entity.id))
    .filter((entity) => !words || [entity.name, entity.id, ...entity.types, typeName(entity.types[0])].some((text) => text.toLowerCase().includes(words)))
    .sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, undefined, { numeric: true }));
}

function legend() {
  return state.types.map((type) => {
    const all = [...state.entities.values()].filter((entity) => entity.types[0] === type);
    const notes = new Set(all.map((entity) => entity.note));
    return { type, count: all.length, note: notes.size === 1 && !settings.module ? [...notes][0] : undefined };
  }).filter(({ count }) => count > 0);
}

function draw() {
  const entities = shown();
  const options = { tint, chosen: state.chosen, onChoose: choose };
  map.show(entities, tint);
  showLegend(view.legend, legend(), { tint, hidden: state.hidden, onToggle: toggle });
  showList(view.list, entities, options);
  if (!view.table.hidden) showTable(view.table, entities, options);
  view.nothing.hidden = entities.length > 0 || !state.readOnce;
  if (!view.nothing.hidden) sayNothing();
  tellHeadlines();
  const chosen = state.entities.get(state.chosen);
  view.overview.hidden = chosen !== undefined;
  view.details.hidden = chosen === undefined;
  if (chosen) showDetails(view.details, chosen, { tint: tint(chosen), history: state.history, past: settings.replay && "{0}, the replayed morning", drawn: state.drawn, onDraw, onClose: () => choose(undefined) });
}

function sayNothing() {
  const isEmpty = state.entities.size === 0;
  if (view.nothing.dataset.empty === String(isEmpty)) return;
  view.nothing.dataset.empty = String(isEmpty);
  const first = { id: "urn:ngsi-ld:Thing:1", type: "Thing", name: "First", location: { type: "Point", coordinates: [3.72, 51.05] } };
  const command = `echo '${JSON.stringify(first)}' | citycontext entities create --at ${location.origin}`;
  view.nothing.replaceChildren(element("p", {}, say(isEmpty ? "The broker holds no entities yet." : "No entity matches.")),
    ...(isEmpty ? [element("p", {}, say("A first one, from a terminal:")), element("pre", { tabindex: 0 }, element("code", {}, command))] : []));
}

function tellHeadlines() {
  const told = headlines([...state.entities.values()]);
  view.strip.hidden = told.length === 0 && view.clock.hidden;
  const text = told.map((one) => one.text).join(" · ");
  if (view.headlines.dataset.text === text) return;
  view.headlines.dataset.text = text;
  view.headlines.replaceChildren(...told.map(({ text, rank }) => element("li", { tint: colour(rank) }, text)));
}

function onGroup(members) {
  state.members = new Set(members.map((one) => one.id));
  draw();
  view.list.querySelector("button")?.focus();
}

function onGroupClosed() {
  state.members = undefined;
  draw();
}

/** Arrow keys on a marker: up and down go through the list's order, right goes to the list. */
function fromMap(key, id) {
  const entries = [...view.list.children];
  const at = entries.findIndex((one) => one.dataset.key === id);
  if (key === "ArrowRight") {
    entries[at]?.querySelector("button").focus();
    return at >= 0;
  }
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  for (let next = at + step; step && entries[next]; next += step) {
    if (map.focus(entries[next].dataset.key) && document.activeElement.dataset.entity !== id) return true;
  }
  return false;
}

/** Arrow keys in the list: up and down, and left to the marker. */
function fromList(event) {
  const entry = event.target.closest("li");
  const next = { ArrowUp: entry?.previousElementSibling, ArrowDown: entry?.nextElementSibling }[event.key];
  if (next) next.querySelector("button").focus();
  else if (event.key !== "ArrowLeft" || !map.focus(entry?.dataset.key)) return;
  event.preventDefault();
}

/** Show the city as it was at a moment; without one, as it is. */
export async function stopAt(time, label) {
  state.stopped = time && { time, label };
  await refresh();
}

function toggle(type) {
  if (!state.hidden.delete(type)) state.hidden.add(type);
  draw();
}

function onDraw(name) {
  state.drawn = name;
  draw();
}

async function choose(id) {
  const before = state.chosen;
  state.chosen = id;
  state.history = new Map();
  state.drawn = undefined;
  address(id);
  map.choose(state.entities.get(id));
  draw();
  if (id === undefined) {
    view.list.querySelector(`[data-key="${CSS.escape(before ?? "")}"] button`)?.focus();
    return;
  }
  document.getElementById("panel").scrollTop = 0;
  view.details.querySelector(".back").focus({ preventScroll: true });
  await remember(id);
  draw();
}

/** The address of the page names the open entity, so that it can be sent to somebody. */
function address(id) {
  const parts = new URLSearchParams(location.hash.slice(1));
  if ((parts.get("entity") ?? undefined) === id) return;
  if (id === undefined) parts.delete("entity");
  else parts.set("entity", id);
  history.replaceState(null, "", `${location.pathname}${location.search}${parts.size > 0 ? `#${parts}` : ""}`);
}

function openAddressed() {
  const id = new URLSearchParams(location.hash.slice(1)).get("entity") ?? undefined;
  if (id !== state.chosen && (id === undefined || state.entities.has(id))) choose(id);
}

/** Read what is new in the history of an entity, and forget what is older than an hour. */
async function remember(id) {
  const names = numericNames(state.entities.get(id));
  const hourAgo = new Date(Date.now() - (settings.replay ? settings.replay.lap * 1000 : HISTORY));
  const known = [...state.history.values()].map((series) => series.at(-1)[1]);
  const since = known.length > 0 ? new Date(Math.min(...known)) : hourAgo;
  const added = names.length > 0 ? await readHistory(id, names, since).catch(() => new Map()) : new Map();
  if (state.chosen !== id) return;
  for (const [name, series] of added) {
    const before = state.history.get(name) ?? [];
    const fresh = series.filter(([, time]) => before.length === 0 || time > before.at(-1)[1]);
    const kept = [...before, ...fresh].filter(([, time]) => time > hourAgo);
    if (kept.length > 0) state.history.set(name, kept);
    else state.history.delete(name);
  }
}

function report(lamp, text) {
  view.status.dataset.state = lamp;
  write(view.statusText, text);
}

async function refresh() {
  try {
    state.types = (await readTypes()).sort(order);
    const wires = await readEntities(state.types);
    if (state.stopped) await setBack(wires, state.stopped.time);
    const entities = wires.map(read);
    if (!settled) hideAtFirst();
    state.entities = new Map(entities.map((entity) => [entity.id, entity]));
    state.readOnce = true;
    if (state.chosen) await remember(state.chosen);
    const seen = entities.filter((entity) => !state.hidden.has(entity.types[0])).length;
    if (state.stopped) report("stopped", say("Stopped at {0}", state.stopped.label));
    else report("live", say(seen === 1 ? "Live · {0} entity" : "Live · {0} entities", seen));
    draw();
    if (!settled) openAddressed();
    settled = true;
  } catch (error) {
    report("away", error instanceof TypeError ? say("The broker does not answer; trying again") : say("The broker refuses: {0}", error.message));
  }
}

/** What a page need not show at first: the sensors themselves, say. */
function hideAtFirst() {
  for (const type of state.types) if ((settings.hidden ?? []).includes(shortName(type))) state.hidden.add(type);
}

/** Give the entities the values that they had at a moment. */
async function setBack(wires, time) {
  const then = await readMoment(state.types.filter((type) => kind(type)?.measure), time);
  for (const wire of wires) {
    for (const [name, value] of Object.entries(then.get(wire.id) ?? {})) {
      if (wire[name] && "value" in wire[name]) wire[name] = { ...wire[name], value };
    }
  }
}

async function keepReading() {
  if (!document.hidden) await refresh();
  setTimeout(keepReading, PERIOD);
}

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    const table = button.dataset.show === "table";
    document.body.dataset.view = button.dataset.show;
    view.table.hidden = !table;
    view.map.hidden = table;
    for (const other of document.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
    if (!table) map.resize();
    draw();
  });
}
view.find.addEventListener("input", () => {
  state.members = undefined;
  draw();
});
view.list.addEventListener("keydown", fromList);
window.addEventListener("hashchange", openAddressed);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (state.members) onGroupClosed();
  if (state.chosen) choose(undefined);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});

if (settings.title) {
  write(view.title, spoken(settings.title));
  document.title = spoken(settings.title);
}
if (settings.replay) {
  const { started, first, lap, speed, zone } = settings.replay;
  const into = (time) => (((time - Date.parse(started)) / 1000) % lap + lap) % lap;
  replay((time) => new Date(Date.parse(first) + into(time) * speed * 1000), zone);
}
if (settings.module) {
  const { start } = await import(`./${settings.module}`);
  start({ settings, view, stopAt, choose });
}
keepReading();
