// What an NGSI-LD entity in normalized form says, made ready to be shown.

import { shortName } from "./format.js";

const MEMBERS = new Set(["id", "type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt", "expiresAt"]);
const VALUE_MEMBERS = ["value", "object", "languageMap", "vocab", "json", "valueList", "objectList"];

// The value a person asks for first, where an entity has several.
const HEADLINES = [
  "availableSpotNumber", "fillingLevel", "LAeq", "pm25", "airQualityIndex", "intensity", "availableBikeNumber", "powerState",
  "illuminanceLevel", "temperature", "occupancy", "status",
];

/** Read an entity: id, type, name, note, source, position, attributes, headline, and when it was last observed. */
export function read(wire) {
  const attributes = Object.entries(wire)
    .filter(([name]) => !MEMBERS.has(name))
    .flatMap(([name, instances]) => (Array.isArray(instances) ? instances : [instances]).map((one) => attribute(name, one)));
  const text = (name) => attributes.find((one) => shortName(one.name) === name && typeof one.value === "string")?.value;
  const times = attributes.map((one) => one.time).filter(Boolean);
  return {
    id: wire.id,
    types: [wire.type].flat(),
    name: text("name") ?? text("title") ?? wire.id.replace(/^urn:ngsi-ld:[^:]+:/, ""),
    note: text("description"),
    source: text("source") ?? text("dataProvider"),
    position: position(attributes),
    attributes,
    headline: headline(attributes),
    time: times.length > 0 ? new Date(Math.max(...times)) : undefined,
  };
}

/** Names of the attributes whose history can be drawn. */
export function numericNames(entity) {
  const numeric = (entity?.attributes ?? []).filter((one) => one.observed && typeof one.value === "number");
  return [...new Set(numeric.map((one) => one.name))];
}

function attribute(name, wire) {
  const member = VALUE_MEMBERS.find((candidate) => candidate in wire);
  const time = wire.observedAt ?? wire.modifiedAt;
  return {
    name,
    type: wire.type,
    value: member === "languageMap" ? spoken(wire.languageMap) : wire[member],
    unitCode: wire.unitCode,
    dataset: wire.datasetId,
    observed: wire.observedAt !== undefined,
    time: time === undefined ? undefined : new Date(time),
  };
}

function spoken(map) {
  const language = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag in map);
  return map[language] ?? map["@none"] ?? Object.values(map)[0];
}

function headline(attributes) {
  const values = attributes.filter((one) => one.type === "Property" && ["number", "string", "boolean"].includes(typeof one.value));
  const wanted = HEADLINES.map((name) => values.find((one) => shortName(one.name) === name)).find(Boolean);
  const observed = (one) => typeof one.value === "number" && one.observed;
  return wanted ?? values.find(observed) ?? values.find((one) => typeof one.value === "number");
}

/** Where to put the marker, as [latitude, longitude]: NGSI-LD writes longitude first, Leaflet latitude first. */
function position(attributes) {
  const places = attributes.filter((one) => one.type === "GeoProperty" && one.value?.coordinates);
  const place = places.find((one) => shortName(one.name) === "location") ?? places[0];
  if (place === undefined) return undefined;
  const points = pairs(place.value.coordinates);
  if (points.length === 0) return undefined;
  const middle = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [middle(1), middle(0)];
}

function pairs(coordinates) {
  return typeof coordinates[0] === "number" ? [coordinates] : coordinates.flatMap(pairs);
}
