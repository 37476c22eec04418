// The map and the newest values of what is published, by the modules of the broker's page.

import { CityMap } from "./map.js";
import { showTable } from "./lists.js";

const MOST = 2000;
const EVERY = 60_000;
const TINTS = 8;
const PARTS = [".unitCode", ".observedAt"];
const types = [];

/** Read a Feature as the modules know an entity. */
function read(feature) {
  const properties = feature.properties ?? {};
  const names = Object.keys(properties).filter((name) => name !== "type" && !PARTS.some((part) => name.endsWith(part)));
  const numeric = names.find((name) => typeof properties[name] === "number" && `${name}.observedAt` in properties)
    ?? names.find((name) => typeof properties[name] === "number");
  const time = Object.entries(properties).filter(([name]) => name.endsWith(".observedAt")).map(([, value]) => Date.parse(value));
  const [longitude, latitude] = middle(feature.geometry);
  return {
    id: feature.id,
    types: String(properties.type ?? "").split(" "),
    name: properties.name ?? properties[`name.${document.documentElement.lang}`] ?? String(feature.id).replace(/^urn:ngsi-ld:[^:]+:/, ""),
    position: longitude === undefined ? undefined : [latitude, longitude],
    headline: numeric && { name: numeric, value: properties[numeric], unitCode: properties[`${numeric}.unitCode`] },
    time: time.length > 0 ? new Date(Math.max(...time)) : undefined,
  };
}

function middle(geometry) {
  if (!geometry) return [];
  const points = (geometry.coordinates ?? []).flat(Infinity);
  if (geometry.type === "Point") return points;
  const of = (start) => points.filter((_, place) => place % 2 === start);
  return [0, 1].map((start) => (Math.min(...of(start)) + Math.max(...of(start))) / 2);
}

function tint(entity) {
  const [type] = entity.types;
  if (!types.includes(type)) types.push(type);
  return `var(--type-${types.indexOf(type) % TINTS})`;
}

async function json(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function entities() {
  const { collections } = await json("collections");
  const pages = await Promise.all(collections.map(({ id }) => json(`collections/${encodeURIComponent(id)}/items?limit=${MOST}`)));
  const found = new Map(pages.flatMap(({ features }) => features).map((feature) => [feature.id, read(feature)]));
  return [...found.values()].sort((one, other) => (other.time ?? 0) - (one.time ?? 0));
}

const place = document.getElementById("map");
if (place) {
  const table = document.getElementById("table");
  let chosen;
  let shown = [];
  const map = new CityMap(place, choose);
  function show() {
    map.show(shown, tint);
    showTable(table, shown, { tint, chosen, onChoose: choose });
    document.body.dataset.state = "shown";
  }
  function choose(id) {
    chosen = id;
    map.choose(shown.find((one) => one.id === id));
    show();
  }
  async function refresh() {
    try {
      shown = await entities();
      show();
    } catch (error) {
      console.warn(error);
    }
  }
  await refresh();
  setInterval(refresh, EVERY);
}
