// The map: one marker an entity, on OpenStreetMap tiles, or on a plain grid where none can be had.

import { element, glow, write } from "./dom.js";
import { badge, number, shortName, unit, words } from "./format.js";

const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const TILES_CREDIT = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
const GRID_CREDIT = "Plain grid, WGS 84 · no map tiles";
const GRID_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const GRID_DISTANCE = 110;

export class CityMap {
  #map;
  #markers = new Map();
  #grid = L.layerGroup();
  #choose;
  #framed = false;

  constructor(container, choose) {
    this.#choose = choose;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = L.map(container, { zoomControl: false, zoomSnap: 0.5, fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm });
    this.#map.attributionControl.setPrefix(false);
    L.control.zoom({ position: "bottomleft" }).addTo(this.#map);
    L.control.scale({ position: "bottomleft", imperial: false }).addTo(this.#map);
    this.#map.setView([20, 0], 2);
    this.#map.on("moveend", () => this.#drawGrid());
    this.#grid.addTo(this.#map);
    this.#map.attributionControl.addAttribution(GRID_CREDIT);
  }

  /** Put tiles on the grid: they take its place when the first one arrives, and offline none does. */
  #layTiles() {
    if (new URLSearchParams(location.search).get("tiles") === "off") return;
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
    const placed = entities.filter((entity) => entity.position);
    const kept = new Set(placed.map((entity) => entity.id));
    for (const [id, marker] of this.#markers) {
      if (kept.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    for (const entity of placed) this.#place(entity, tint(entity));
    if (!this.#framed && placed.length > 0) this.frame();
  }

  #place(entity, tint) {
    let marker = this.#markers.get(entity.id);
    if (marker === undefined) {
      const pin = element("span", { class: "pin" });
      marker = L.marker(entity.position, { icon: L.divIcon({ html: pin, className: "marker", iconSize: [36, 36] }), riseOnHover: true });
      marker.on("click", () => this.#choose(entity.id));
      marker.addTo(this.#map);
      marker.pin = pin;
      const body = marker.getElement();
      body.dataset.entity = entity.id;
      body.setAttribute("role", "button");
      body.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.#choose(entity.id);
      });
      this.#markers.set(entity.id, marker);
    }
    if (!marker.getLatLng().equals(entity.position)) this.#move(marker, entity.position);
    this.#label(marker, entity, tint);
  }

  #move(marker, position) {
    const body = marker.getElement();
    body.classList.add("moving");
    marker.setLatLng(position);
    setTimeout(() => body.classList.remove("moving"), 700);
  }

  #label(marker, entity, tint) {
    const { headline } = entity;
    const body = marker.getElement();
    marker.pin.style.setProperty("--tint", tint);
    const text = typeof headline?.value === "number" ? badge(headline.name, headline.value) : "";
    if (marker.pin.textContent !== text) {
      if (marker.pin.textContent) glow(marker.pin);
      write(marker.pin, text);
    }
    const value = typeof headline?.value === "number"
      ? `, ${words(headline.name)} ${number(headline.name, headline.value)} ${unit(headline.name, headline.value, headline.unitCode)}` : "";
    const said = `${entity.name}, ${shortName(entity.types[0])}${value}`.trimEnd();
    if (body.getAttribute("aria-label") !== said) {
      body.setAttribute("aria-label", said);
      body.title = said;
    }
  }

  /** Fit the view to all markers. */
  frame() {
    const places = [...this.#markers.values()].map((marker) => marker.getLatLng());
    if (places.length === 0) return;
    const margin = this.#map.getSize().x < 600 ? 20 : 48;
    this.#map.fitBounds(L.latLngBounds(places), { padding: [margin, margin], maxZoom: 15, animate: false });
    if (!this.#framed) this.#layTiles();
    this.#framed = true;
  }

  /** Mark one entity as chosen, and bring it into view. */
  choose(entity) {
    for (const [id, marker] of this.#markers) {
      const chosen = id === entity?.id;
      marker.getElement().classList.toggle("chosen", chosen);
      marker.setZIndexOffset(chosen ? 1000 : 0);
    }
    if (entity?.position) this.#map.panInside(entity.position, { padding: [40, 40] });
  }

  /** The container changed its size. */
  resize() {
    this.#map.invalidateSize();
  }
}
