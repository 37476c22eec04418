// What people ask of the kinds of things a city measures: a name, a picture, and when it is good, fair or bad.

import { number, shortName, unit } from "./format.js";
import { say } from "./words.js";

const RANKS = ["good", "fair", "bad"];
const above = (fair, bad) => (value) => (value > bad ? "bad" : value > fair ? "fair" : "good");

// The limits of noise are those at which people are annoyed; those of air follow the guideline for a day and the limit of a year.
const KINDS = {
  OffStreetParking: {
    label: "Car parks", measure: "availableSpotNumber", states: ["free", "busy", "full"], picture: "M9 20V4h5a4.5 4.5 0 0 1 0 9H9",
    state: (value, entity) => (value <= 0 ? "bad" : value / (total(entity) || Infinity) < 0.2 && total(entity) ? "fair" : "good"),
    limits: ["> 20 %", "≤ 20 %", "0"], symbol: () => say("free places"),
    headline: (bad, all, name) => say("{0} of {1} {2} full", bad, all, name),
  },
  NoiseLevelObserved: {
    label: "Noise", measure: "LAeq", states: ["quiet", "lively", "loud"],
    picture: "M4 10v4h4l5 4V6l-5 4zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
    state: above(55, 65), limits: ["≤ 55", "≤ 65", "> 65"], symbol: () => "dB",
    headline: (bad, all) => (bad ? say("loud at {0} of {1} places", bad, all) : say("loud nowhere")),
  },
  AirQualityObserved: {
    label: "Air", measure: "pm25", states: ["good", "moderate", "bad"], picture: "M3 8h11a3 3 0 1 0-3-3M3 13h15a3 3 0 1 1-3 3M3 18h7",
    state: above(15, 25), limits: ["≤ 15", "≤ 25", "> 25"], symbol: () => "µg/m³ PM2.5",
    headline: (bad, all) => (bad ? say("bad air at {0} of {1} places", bad, all) : say("bad air nowhere")),
  },
  WasteContainer: {
    label: "Waste containers", measure: "fillingLevel", states: ["room", "filling", "nearly full"],
    picture: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    state: above(0.6, 0.8), limits: ["≤ 60", "≤ 80", "> 80"], symbol: () => "%",
    headline: (bad) => say(bad === 0 ? "no bin above 80 %" : bad === 1 ? "{0} bin above 80 %" : "{0} bins above 80 %", bad),
  },
  Device: { label: "Sensors" },
};
const ORDER = ["OffStreetParking", "WasteContainer", "NoiseLevelObserved", "AirQualityObserved"];

function total(entity) {
  return entity.attributes?.find((one) => shortName(one.name) === "totalSpotNumber")?.value;
}

/** What is known of a type, undefined of others. */
export function kind(type) {
  return Object.hasOwn(KINDS, shortName(type)) ? KINDS[shortName(type)] : undefined;
}

/** The place of a type among others: those that people ask for first, then by name. */
export function order(left, right) {
  const rank = (type) => [...ORDER, ""].indexOf(ORDER.includes(shortName(type)) ? shortName(type) : "") + (shortName(type) === "Device" ? 1 : 0);
  return rank(left) - rank(right) || shortName(left).localeCompare(shortName(right));
}

/** How a type is called; one of several types of one short name says where it is from. */
export function typeName(type, types = []) {
  const short = shortName(type);
  const name = kind(type) ? say(kind(type).label) : short;
  const twins = types.filter((other) => other !== type && shortName(other) === short);
  if (twins.length === 0) return name;
  const from = type.split(/[/#]/).filter(Boolean).slice(0, -1).pop();
  return `${name} (${from ?? short})`;
}

/** The state of an entity: its rank ("good", "fair", "bad") and its word; undefined where nothing is known. */
export function state(entity) {
  const known = kind(entity.types[0]);
  const value = entity.headline?.value;
  if (!known?.measure || typeof value !== "number" || shortName(entity.headline.name) !== known.measure) return undefined;
  const rank = known.state(value, entity);
  return { rank, word: say(known.states[RANKS.indexOf(rank)]) };
}

/** The worst of some states. */
export function worst(entities) {
  const order = (entity) => RANKS.indexOf(state(entity)?.rank);
  return entities.reduce((one, other) => (order(other) > order(one) ? other : one));
}

/** The colour of a state. */
export function colour(rank) {
  return `var(--${rank})`;
}

/** The legend of a kind: [[rank, word, limit], …] and the unit of the limits. */
export function steps(type) {
  const known = kind(type);
  if (!known?.measure) return undefined;
  return { unit: known.symbol(), steps: RANKS.map((rank, place) => [rank, say(known.states[place]), known.limits[place]]) };
}

/** What a mayor would want to hear: one part for each kind that is there. */
export function headlines(entities) {
  return ORDER.flatMap((name) => {
    const all = entities.filter((entity) => shortName(entity.types[0]) === name && state(entity));
    if (all.length === 0) return [];
    const bad = all.filter((entity) => state(entity).rank === "bad").length;
    const noun = all.every((entity) => entity.name.startsWith("P+R")) ? "P+R" : say(all.length === 1 ? "car park" : "car parks");
    return [{ text: KINDS[name].headline(bad, all.length, noun), rank: bad > 0 ? "bad" : "good" }];
  });
}

/** A value with its unit, as a marker, a row and a screen reader say it. */
export function valueText({ name, value, unitCode }) {
  return typeof value === "number" ? `${number(name, value)} ${unit(name, value, unitCode)}`.trimEnd() : String(value);
}
