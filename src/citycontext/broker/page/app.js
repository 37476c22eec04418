// The page: reads the broker every two seconds while it is looked at, and shows what it holds.

import { readEntities, readHistory, readTypes } from "./broker.js";
import { showDetails } from "./details.js";
import { write } from "./dom.js";
import { numericNames, read } from "./entities.js";
import { shortName } from "./format.js";
import { showLegend, showList, showTable } from "./lists.js";
import { CityMap } from "./map.js";

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
};

const state = {
  types: [],
  entities: new Map(),
  hidden: new Set(),
  chosen: undefined,
  history: new Map(),
  drawn: undefined,
  readOnce: false,
};

const map = new CityMap(view.map, choose);

function tint(typeOrEntity) {
  const type = typeof typeOrEntity === "string" ? typeOrEntity : typeOrEntity.types[0];
  return `var(--type-${Math.max(0, state.types.indexOf(type)) % TINTS})`;
}

function shown() {
  const words = view.find.value.trim().toLowerCase();
  const rank = (entity) => state.types.indexOf(entity.types[0]);
  return [...state.entities.values()]
    .filter((entity) => !state.hidden.has(entity.types[0]))
    .filter((entity) => !words || [entity.name, entity.id, ...entity.types].some((text) => text.toLowerCase().includes(words)))
    .sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, undefined, { numeric: true }));
}

function legend() {
  return state.types.map((type) => {
    const all = [...state.entities.values()].filter((entity) => entity.types[0] === type);
    const notes = new Set(all.map((entity) => entity.note));
    return { type, count: all.length, note: notes.size === 1 ? [...notes][0] : undefined };
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
  write(view.nothing, state.entities.size > 0 ? "No entity matches." : "The broker holds no entities yet.");
  const chosen = state.entities.get(state.chosen);
  view.overview.hidden = chosen !== undefined;
  view.details.hidden = chosen === undefined;
  if (chosen) showDetails(view.details, chosen, { tint: tint(chosen), history: state.history, drawn: state.drawn, onDraw, onClose: () => choose(undefined) });
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

/** Read what is new in the history of an entity, and forget what is older than an hour. */
async function remember(id) {
  const names = numericNames(state.entities.get(id));
  const hourAgo = new Date(Date.now() - HISTORY);
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
    state.types = (await readTypes()).sort((left, right) => shortName(left).localeCompare(shortName(right)));
    const entities = (await readEntities(state.types)).map(read);
    state.entities = new Map(entities.map((entity) => [entity.id, entity]));
    state.readOnce = true;
    if (state.chosen) await remember(state.chosen);
    report("live", `Live · ${entities.length} ${entities.length === 1 ? "entity" : "entities"}`);
    draw();
  } catch (error) {
    report("away", error instanceof TypeError ? "The broker does not answer; trying again" : `The broker refuses: ${error.message}`);
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
view.find.addEventListener("input", draw);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.chosen) choose(undefined);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});

keepReading();
