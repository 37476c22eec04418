// How values, units and ages are written for people.

import { locale, say } from "./words.js";

// UN/CEFACT common codes that city data use; any other code is shown as it is.
const SYMBOLS = {
  2: "%", "2N": "dB", 59: "ppm", 61: "ppb", A97: "hPa", AMP: "A", BAR: "bar", C62: "", CEL: "°C", CMT: "cm", D54: "W/m²",
  DBM: "dBm", DD: "°", E34: "GB", FAH: "°F", GP: "mg/m³", GQ: "µg/m³", GRM: "g", HTZ: "Hz", HUR: "h", KEL: "K", KGM: "kg",
  KMH: "km/h", KMT: "km", KWH: "kWh", KWT: "kW", LTR: "l", LUX: "lx", MBR: "mbar", MIN: "min", MMT: "mm", MTK: "m²",
  MTQ: "m³", MTR: "m", MTS: "m/s", P1: "%", PAL: "Pa", SEC: "s", VLT: "V", WTT: "W",
};

// Names that are no words, as their field writes them.
const NAMES = {
  pm1: "PM1", pm25: "PM2.5", pm4: "PM4", pm10: "PM10", no: "NO", no2: "NO₂", nox: "NOₓ", o3: "O₃", so2: "SO₂", co: "CO", co2: "CO₂",
  nh3: "NH₃", c6h6: "C₆H₆", LAeq: "LAeq", LAmax: "LAmax", LAS: "LAS",
};

// Smart Data Models keeps these as parts of one; people read them as percentages.
const SHARES = new Set(["fillingLevel", "occupancy", "relativeHumidity", "reliability", "batteryLevel"]);

const digits = (count) => new Intl.NumberFormat(locale, { minimumFractionDigits: count, maximumFractionDigits: count });
const [wholes, tenths, hundredths] = [digits(0), digits(1), digits(2)];
const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
let clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
let preciseClock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
let replayed = (time) => time;

/** Write the times of charts as those of a recorded day: `toRecorded` says which moment of it a time replays. */
export function replay(toRecorded, timeZone) {
  replayed = toRecorded;
  clock = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  preciseClock = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
}

/** The moment that a time stands for: itself, or the moment of the recorded day that it replays. */
export function meant(time) {
  return replayed(time);
}

/** The last part of an IRI or URN, or the name itself. */
export function shortName(name) {
  return name.split(/[/#]/).filter(Boolean).pop() ?? name;
}

/** A name in camelCase as words: availableSpotNumber becomes "Available spot number". */
export function words(name) {
  const short = shortName(name);
  if (short in NAMES) return NAMES[short];
  return say(sentence(short));
}

function sentence(short) {
  const spaced = short.replace(/([a-z\d])([A-Z][a-z])/g, "$1 $2").replace(/_/g, " ");
  return spaced.replace(/ [A-Z](?=[a-z])/g, (letter) => letter.toLowerCase()).replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** Is this value shown as a percentage of one? */
function isShare(name, value) {
  return SHARES.has(shortName(name)) && typeof value === "number" && value >= 0 && value <= 1;
}

/** The unit's symbol, "" where the number counts things. */
export function unit(name, value, code) {
  if (isShare(name, value)) return "%";
  return code === undefined ? "" : (SYMBOLS[code] ?? String(code));
}

/** A number in about three digits; a share as a whole percentage. */
export function number(name, value) {
  if (isShare(name, value)) return wholes.format(value * 100);
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return wholes.format(value);
  if (size < 0.1) return small.format(value);
  return (size >= 10 ? tenths : hundredths).format(value);
}

/** A number in the few characters that fit on a marker. */
export function badge(name, value) {
  if (isShare(name, value)) return number(name, value);
  if (Math.abs(value) >= 10_000) return `${wholes.format(value / 1000)}k`;
  return Math.abs(value) >= 10 || Number.isInteger(value) ? String(Math.round(value)) : tenths.format(value);
}

/** How long ago, in the one unit that matters. */
export function age(time, now = new Date()) {
  const seconds = Math.round((now - time) / 1000);
  if (seconds < -60) return say("in {0}", span(-seconds));
  return seconds < 2 ? say("now") : say("{0} ago", span(seconds));
}

function span(seconds) {
  const [size, name] = [[86_400 * 365, "y"], [86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]].find(([size]) => seconds >= size);
  return `${Math.floor(seconds / size)} ${say(name)}`;
}

/** Date and time in the reader's own zone and manner. */
export function moment(time) {
  return moments.format(time);
}

/** Hour and minute, in the reader's own zone or that of the recorded day. */
export function hour(time) {
  return clock.format(replayed(time));
}

/** Hour, minute and second. */
export function second(time) {
  return preciseClock.format(replayed(time));
}
