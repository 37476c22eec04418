// What the page says, in English and Dutch, and the language that is chosen.

const DUTCH = {
  "City context": "Stad in context",
  "Map": "Kaart", "Table": "Tabel", "View": "Weergave", "Entities": "Entiteiten", "Language": "Taal",
  "Map of the entities": "Kaart van de entiteiten", "Table of the entities": "Tabel van de entiteiten",
  "Entity types shown": "Getoonde soorten", "Skip to the list of entities": "Naar de lijst van entiteiten",
  "Find an entity": "Zoek een entiteit", "Find an entity by name, id or type": "Zoek een entiteit op naam, id of soort",
  "Reading the broker…": "De broker wordt gelezen…", "No entity matches.": "Geen entiteit voldoet.",
  "The broker does not answer; trying again": "De broker antwoordt niet; er wordt opnieuw geprobeerd",
  "The broker refuses: {0}": "De broker weigert: {0}",
  "Live · {0} entity": "Live · {0} entiteit", "Live · {0} entities": "Live · {0} entiteiten",
  "Stopped at {0}": "Stilgezet op {0}",
  "← All entities": "← Alle entiteiten", "Source: ": "Bron: ", "History of {0}": "Verloop van {0}",
  "{0}, last hour": "{0}, laatste uur", "{0}, the replayed morning": "{0}, de herspeelde ochtend",
  "Open as NGSI-LD": "Open als NGSI-LD", "observed {0}": "waargenomen {0}", "stored {0}": "bewaard {0}",
  "{0} from {1} to {2}: lowest {3}, highest {4}, last {5}": "{0} van {1} tot {2}: laagste {3}, hoogste {4}, laatste {5}",
  "Type": "Soort", "Name": "Naam", "Measure": "Maat", "Value": "Waarde", "Unit": "Eenheid", "Observed": "Waargenomen",
  "now": "nu", "{0} ago": "{0} geleden", "in {0}": "over {0}", "y": "j", "d": "d", "h": "u", "min": "min", "s": "s",
  "Plain grid, WGS 84 · no map tiles": "Gewoon raster, WGS 84 · geen kaarttegels",
  "Schematic drawn by hand: not to measure on": "Schets met de hand: niet om op te meten",
  "{0} places together": "{0} plaatsen samen", "worst: {0}": "slechtste: {0}",
  "The broker holds no entities yet.": "De broker heeft nog geen entiteiten.",
  "A first one, from a terminal:": "Een eerste, vanuit een terminal:",
  "sensor": "sensor", "sensors": "sensoren", "Sensors": "Sensoren",
  "Car parks": "Parkings", "Park and ride": "P+R", "Noise": "Geluid", "Air": "Lucht", "Waste containers": "Afvalcontainers",
  "free": "vrij", "busy": "druk", "full": "vol", "quiet": "rustig", "lively": "levendig", "loud": "luid",
  "good": "goed", "moderate": "matig", "bad": "slecht", "room": "plaats", "filling": "raakt vol", "nearly full": "bijna vol",
  "free places": "vrije plaatsen", "free: over 20 % of the places": "vrij: meer dan 20 % van de plaatsen",
  "{0} of {1} {2} full": "{0} van {1} {2} vol", "car parks": "parkings", "car park": "parking",
  "{0} bin above 80 %": "{0} container boven 80 %", "{0} bins above 80 %": "{0} containers boven 80 %",
  "no bin above 80 %": "geen container boven 80 %",
  "loud at {0} of {1} places": "luid op {0} van {1} plaatsen", "loud nowhere": "nergens luid",
  "bad air at {0} of {1} places": "slechte lucht op {0} van {1} plaatsen", "bad air nowhere": "nergens slechte lucht",
  "Available spot number": "Vrije plaatsen", "Total spot number": "Plaatsen in totaal", "Occupancy": "Bezetting",
  "Filling level": "Vulling", "Temperature": "Temperatuur", "Relative humidity": "Luchtvochtigheid", "Location": "Plaats",
  "Ref device": "Sensor", "Status": "Toestand", "Observation date time": "Tijd van de waarneming",
  "Date observed": "Waargenomen op", "Date observed from": "Waargenomen van", "Date observed to": "Waargenomen tot",
};

const asked = new URLSearchParams(location.search).get("lang");
const kept = (() => { try { return localStorage.getItem("language"); } catch { return null; } })();
const preferred = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "nl" || tag === "en");
const given = [asked, document.documentElement.dataset.language, kept, preferred].find((one) => one === "nl" || one === "en");

/** The page's language, "en" or "nl". */
export const language = given ?? "en";

/** How numbers and times are written: with a clock of 24 hours. */
export const locale = language === "nl" ? "nl-BE" : "en-GB";

/** Add words of another module: English to Dutch. */
export function learn(words) {
  Object.assign(DUTCH, words);
}

/** A sentence in the page's language; {0}, {1} … are filled in. */
export function say(text, ...parts) {
  const said = language === "nl" ? (DUTCH[text] ?? text) : text;
  return said.replace(/\{(\d)\}/g, (_, number) => parts[number]);
}

/** What is written as {en: …, nl: …}, or as text. */
export function spoken(text) {
  return typeof text === "object" && text !== null ? (text[language] ?? text.en) : (text ?? "");
}

/** Put the words of the document into the language, and let the switch change it. */
export function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const name of ["aria-label", "placeholder"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) node.setAttribute(name, say(node.getAttribute(name)));
  }
  for (const button of document.querySelectorAll("[data-language-of]")) {
    button.setAttribute("aria-pressed", String(button.dataset.languageOf === language));
    button.addEventListener("click", () => {
      try { localStorage.setItem("language", button.dataset.languageOf); } catch { /* then the address says it alone */ }
      const address = new URL(location.href);
      address.searchParams.set("lang", button.dataset.languageOf);
      if (address.href === location.href) location.reload();
      else location.assign(address.href);
    });
  }
}
