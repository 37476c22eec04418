// A schematic: lines of water and roads, and names, as a JSON file has them. Drawn by hand, not to be measured on.

import { element } from "./dom.js";
import { say } from "./words.js";

/** Draw it below the markers. */
export function draw(map, { lines, names }) {
  const pane = map.createPane("schematic");
  pane.style.zIndex = 200;
  pane.style.pointerEvents = "none";
  const renderer = L.svg({ pane: "schematic", padding: 1 });
  for (const { kind, weight, points } of lines) {
    L.polyline(points.map(([longitude, latitude]) => [latitude, longitude]), {
      pane: "schematic", renderer, className: `schematic-${kind}`, weight, interactive: false, smoothFactor: 0.5,
    }).addTo(map);
  }
  for (const { kind, name, at } of names) {
    const icon = L.divIcon({ html: element("span", {}, name), className: `schematic-name ${kind}`, iconSize: null });
    L.marker([at[1], at[0]], { pane: "schematic", icon, interactive: false, keyboard: false }).addTo(map);
  }
  map.attributionControl.addAttribution(say("Schematic drawn by hand: not to measure on"));
}
