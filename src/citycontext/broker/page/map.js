// The map: one marker an entity, those that would lie on each other as one, on a base map that is there: a file of the city,
// OpenStreetMap, a schematic, or a plain grid.

import { group } from "./clusters.js";
import { drawing, element, glow, write } from "./dom.js";
import { badge, unit, words } from "./format.js";
import { kind, state, typeName, valueText, worst } from "./kinds.js";
import { draw as drawSchematic } from "./schematic.js";
import { say } from "./words.js";

const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const TILES_CREDIT = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
const GRID_CREDIT = say("Plain grid, WGS 84 · no map tiles");
const GRID_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const GRID_DISTANCE = 110;
const NEAR = 34;
const DEEPEST = 18;

export class CityMap {
  #map;
  #markers = new Map();
  #grid = L.layerGroup();
  #choose;
  #framed = false;
  #entities = [];
  #tint;
  #chosen;
  #options;

  /** `options`: basemap (a function that lays one), schematic (lines and names), onGroup (members that no zoom parts). */
  constructor(container, choose, options = {}) {
    this.#choose = choose;
    this.#options = options;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = L.map(container, { zoomControl: false, zoomSnap: 0.5, fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm });
    this.#map.attributionControl.setPrefix(false);
    L.control.zoom({ position: "bottomleft" }).addTo(this.#map);
    L.control.scale({ position: "bottomleft", imperial: false }).addTo(this.#map);
    this.#map.setView([20, 0], 2);
    this.#map.on("moveend", () => this.#drawGrid());
    this.#map.on("zoomend", () => this.#draw());
    if (options.basemap) {
      options.basemap(this.#map);
      return;
    }
    if (options.schematic) {
      drawSchematic(this.#map, options.schematic);
      return;
    }
    this.#grid.addTo(this.#map);
    this.#map.attributionControl.addAttribution(GRID_CREDIT);
  }

  /** Put tiles on the grid: they take its place when the first one arrives, and offline none does. */
  #layTiles() {
    if (this.#options.basemap || this.#options.schematic || new URLSearchParams(location.search).get("tiles") === "off") return;
    const tiles = L.tileLayer(TILES, { maxZoom: 19, className: "tiles" });
    let failed = 0;
    tiles.once("tileload", () => {
      this.#grid.remove();
      this.#map.attributionControl.removeAttribution(GRID_CREDIT).addAttribution(TILES_CREDIT);
    });
    tiles.on("tileerror", () => {
      failed += 1;
      if (failed === 4 && this.#map.hasLayer(this.#grid)) tiles.remove();
    });
    tiles.addTo(this.#map);
  }

  #drawGrid() {
    this.#grid.clearLayers();
    if (!this.#map.hasLayer(this.#grid)) return;
    const seen = this.#map.getBounds();
    const drawn = seen.pad(0.3);
    const wanted = ((seen.getEast() - seen.getWest()) / this.#map.getSize().x) * GRID_DISTANCE;
    const step = GRID_STEPS.find((candidate) => candidate >= wanted) ?? GRID_STEPS.at(-1);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const steps = (from, to) => Array.from({ length: Math.ceil((to - from) / step) + 1 }, (_, n) => (Math.floor(from / step) + n) * step);
    const line = (points) => L.polyline(points, { className: "grid-line", interactive: false, weight: 1 }).addTo(this.#grid);
    const label = (place, text, className) =>
      L.marker(place, { icon: L.divIcon({ html: element("span", {}, text), className, iconSize: null }), interactive: false, keyboard: false })
        .addTo(this.#grid);
    for (const longitude of steps(drawn.getWest(), drawn.getEast())) {
      line([[drawn.getSouth(), longitude], [drawn.getNorth(), longitude]]);
      label([seen.getNorth(), longitude], `${Math.abs(longitude).toFixed(digits)}° ${longitude < 0 ? "W" : "E"}`, "grid-label east");
    }
    for (const latitude of steps(Math.max(-85, drawn.getSouth()), Math.min(85, drawn.getNorth()))) {
      line([[latitude, drawn.getWest()], [latitude, drawn.getEast()]]);
      label([latitude, seen.getWest()], `${Math.abs(latitude).toFixed(digits)}° ${latitude < 0 ? "S" : "N"}`, "grid-label north");
    }
  }

  /** Show these entities and no others. */
  show(entities, tint) {
    this.#entities = entities.filter((entity) => entity.position);
    this.#tint = tint;
    if (!this.#framed && this.#entities.length > 0) this.frame();
    else this.#draw();
  }

  #draw() {
    if (!this.#framed) return;
    const zoom = this.#map.getZoom();
    const apart = this.#entities.filter((entity) => entity.id === this.#chosen);
    const others = this.#entities.filter((entity) => entity.id !== this.#chosen).sort((one, other) => (one.id < other.id ? -1 : 1));
    const groups = [...apart.map((entity) => ({ members: [entity] })), ...group(others, (one) => this.#map.project(one.position, zoom), NEAR)];
    const key = ({ members }) => (members.length > 1 ? `group ${members[0].id}` : members[0].id);
    const kept = new Set(groups.map(key));
    for (const [id, marker] of this.#markers) {
      if (kept.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    for (const one of groups) {
      if (one.members.length === 1) this.#place(one.members[0], this.#tint(one.members[0]));
      else this.#placeGroup(key(one), one.members);
    }
  }

  #marker(key, position, pressed) {
    const pin = element("span", { class: "pin" });
    const marker = L.marker(position, { icon: L.divIcon({ html: pin, className: "marker", iconSize: [36, 36] }), riseOnHover: true });
    marker.on("click", pressed);
    marker.addTo(this.#map);
    marker.pin = pin;
    const body = marker.getElement();
    body.setAttribute("role", "button");
    body.addEventListener("keydown", (event) => {
      if (event.key.startsWith("Arrow") && this.#options.onArrow?.(event.key, body.dataset.entity)) {
        event.preventDefault();
        event.stopPropagation();
      }
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pressed();
    });
    this.#markers.set(key, marker);
    return marker;
  }

  #place(entity, tint) {
    let marker = this.#markers.get(entity.id);
    if (marker === undefined) {
      marker = this.#marker(entity.id, entity.position, () => this.#choose(entity.id));
      marker.getElement().dataset.entity = entity.id;
    }
    if (!marker.getLatLng().equals(entity.position)) this.#move(marker, entity.position);
    marker.getElement().classList.toggle("chosen", entity.id === this.#chosen);
    marker.setZIndexOffset(entity.id === this.#chosen ? 1000 : 0);
    this.#label(marker, entity, tint);
  }

  /** One bubble for several: how many, in the colour of the worst of them. */
  #placeGroup(key, members) {
    const bounds = L.latLngBounds(members.map((one) => one.position));
    const marker = this.#markers.get(key) ?? this.#marker(key, members[0].position, () => this.#open(marker.members));
    marker.members = members;
    const body = marker.getElement();
    body.classList.add("group");
    body.dataset.entity = members[0].id;
    body.dataset.members = members.map((one) => one.id).join(" ");
    const worse = worst(members);
    const known = state(worse);
    body.dataset.rank = known?.rank ?? "";
    marker.setLatLng(bounds.getCenter());
    marker.pin.style.setProperty("--tint", this.#tint(worse));
    write(marker.pin, String(members.length));
    const said = [say("{0} places together", members.length), known && say("worst: {0}", `${worse.name}, ${known.word}`)];
    this.#say(body, said.filter(Boolean).join(", "));
  }

  #open(members) {
    const bounds = L.latLngBounds(members.map((one) => one.position));
    for (let zoom = this.#map.getZoom() + 1; zoom <= DEEPEST; zoom += 1) {
      if (group(members, (one) => this.#map.project(one.position, zoom), NEAR).length > 1) {
        this.#map.setView(bounds.getCenter(), Math.max(zoom, Math.min(DEEPEST, this.#map.getBoundsZoom(bounds, false, [80, 80]))));
        return;
      }
    }
    if (this.#options.onGroup) this.#options.onGroup(members);
    else this.#choose(members[0].id);
  }

  /** Move the focus to the marker of an entity, or to the bubble that it is in; false where it has none. */
  focus(id) {
    const marker = this.#markers.get(id) ?? [...this.#markers.values()].find((one) => one.members?.some((member) => member.id === id));
    if (!marker) return false;
    this.#map.panInside(marker.getLatLng(), { padding: [40, 40], animate: false });
    marker.getElement().focus();
    return true;
  }

  #move(marker, position) {
    const body = marker.getElement();
    body.classList.add("moving");
    marker.setLatLng(position);
    setTimeout(() => body.classList.remove("moving"), 700);
  }

  #label(marker, entity, tint) {
    const { headline } = entity;
    const isNumber = typeof headline?.value === "number";
    const known = kind(entity.types[0]);
    const now = state(entity);
    marker.pin.style.setProperty("--tint", tint);
    marker.getElement().dataset.rank = now?.rank ?? "";
    const symbol = isNumber ? unit(headline.name, headline.value, headline.unitCode) : "";
    const text = isNumber ? `${badge(headline.name, headline.value)} ${symbol}`.trimEnd() : "";
    if (marker.pin.dataset.text !== text) {
      if (marker.pin.dataset.text) glow(marker.pin);
      marker.pin.dataset.text = text;
      const parts = isNumber ? [badge(headline.name, headline.value), symbol && element("small", {}, ` ${symbol}`)] : [];
      marker.pin.replaceChildren(...[
        known?.picture && drawing("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, drawing("path", { d: known.picture })), ...parts,
      ].filter(Boolean));
    }
    const value = isNumber ? `${words(headline.name)} ${valueText(headline)}` : undefined;
    this.#say(marker.getElement(), [entity.name, typeName(entity.types[0]), value, now?.word].filter(Boolean).join(", "));
  }

  #say(body, said) {
    if (body.getAttribute("aria-label") === said) return;
    body.setAttribute("aria-label", said);
    body.title = said;
  }

  /** Fit the view to all markers. */
  frame() {
    const places = this.#entities.map((entity) => entity.position);
    if (places.length === 0) return;
    const margin = this.#map.getSize().x < 600 ? 20 : 48;
    this.#map.fitBounds(L.latLngBounds(places), { padding: [margin, margin], maxZoom: 15, animate: false });
    if (!this.#framed) this.#layTiles();
    this.#framed = true;
    this.#draw();
  }

  /** Mark one entity as chosen, and bring it into view. */
  choose(entity) {
    this.#chosen = entity?.id;
    if (this.#tint) this.#draw();
    if (entity?.position) this.#map.panInside(entity.position, { padding: [40, 40] });
  }

  /** The container changed its size. */
  resize() {
    this.#map.invalidateSize();
  }
}
