// Small line charts, drawn as SVG.

import { drawing, element, write } from "./dom.js";
import { hour, meant, number, second, unit, words } from "./format.js";
import { say } from "./words.js";

const WIDTH = 360;
const HEIGHT = 132;
const PLOT = { left: 44, right: 354, top: 8, bottom: 106 };

/** Only numbers can be drawn; of a recorded day that is replayed, in the order of that day. */
export function numeric(series) {
  const numbers = (series ?? []).filter(([value]) => typeof value === "number");
  return numbers.sort((left, right) => meant(left[1]) - meant(right[1]));
}

/** A line without axes, for a row of a list. */
export function sparkline(series) {
  const place = scale(series, { left: 1, right: 71, top: 2, bottom: 18 });
  return drawing("svg", { class: "spark", viewBox: "0 0 72 20", "aria-hidden": "true" }, drawing("path", { d: path(series, place) }));
}

/** A chart of one attribute, with its lowest and highest value, and a reading under the pointer or the arrow keys. */
export function chart(name, series, unitCode) {
  const place = scale(series, PLOT);
  const values = series.map(([value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const shown = (value) => `${number(name, value)} ${unit(name, value, unitCode)}`.trimEnd();
  const [, first] = series[0];
  const [lastValue, last] = series.at(-1);
  const summary = say("{0} from {1} to {2}: lowest {3}, highest {4}, last {5}", words(name), hour(first), hour(last), shown(low), shown(high), shown(lastValue));

  const line = path(series, place);
  const [endX, endY] = place(series.at(-1));
  const startX = place(series[0])[0];
  const cursor = drawing("line", { class: "cursor", y1: PLOT.top, y2: PLOT.bottom, hidden: true });
  const point = drawing("circle", { class: "point", r: 4, cx: endX, cy: endY });
  const picture = drawing(
    "svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", tabindex: 0, "aria-label": summary },
    drawing("line", { class: "rule", x1: PLOT.left, x2: PLOT.right, y1: PLOT.top, y2: PLOT.top }),
    drawing("line", { class: "rule", x1: PLOT.left, x2: PLOT.right, y1: PLOT.bottom, y2: PLOT.bottom }),
    drawing("path", { class: "area", d: `${line}L${endX.toFixed(1)},${PLOT.bottom}L${startX.toFixed(1)},${PLOT.bottom}Z` }),
    drawing("path", { class: "line", d: line }),
    cursor, point,
    drawing("text", { x: PLOT.left - 8, y: PLOT.top + 4, "text-anchor": "end" }, high === low ? "" : number(name, high)),
    drawing("text", { x: PLOT.left - 8, y: PLOT.bottom + 4, "text-anchor": "end" }, high === low ? "" : number(name, low)),
    drawing("text", { x: PLOT.left - 8, y: (PLOT.top + PLOT.bottom) / 2 + 4, "text-anchor": "end" }, high === low ? number(name, low) : ""),
    drawing("text", { x: PLOT.left, y: HEIGHT - 6 }, hour(first)),
    drawing("text", { x: PLOT.right, y: HEIGHT - 6, "text-anchor": "end" }, hour(last)),
  );
  const reading = element("output", { class: "reading", "aria-live": "polite" });

  let at = series.length - 1;
  const pointTo = (index) => {
    at = Math.min(Math.max(index, 0), series.length - 1);
    const [x, y] = place(series[at]);
    for (const [attribute, value] of [["x1", x], ["x2", x]]) cursor.setAttribute(attribute, value);
    point.setAttribute("cx", x);
    point.setAttribute("cy", y);
    cursor.removeAttribute("hidden");
    write(reading, `${shown(series[at][0])} · ${second(series[at][1])}`);
  };
  const rest = () => {
    cursor.setAttribute("hidden", "");
    point.setAttribute("cx", endX);
    point.setAttribute("cy", endY);
    write(reading, "");
  };
  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    pointTo(nearest(series, place, x));
  });
  picture.addEventListener("pointerleave", rest);
  picture.addEventListener("blur", rest);
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    pointTo(at + step);
  });
  return element("figure", { class: "figure" }, picture, reading);
}

function nearest(series, place, x) {
  const distances = series.map((sample) => Math.abs(place(sample)[0] - x));
  return distances.indexOf(Math.min(...distances));
}

function scale(series, { left, right, top, bottom }) {
  const values = series.map(([value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [meant(series[0][1]).getTime(), meant(series.at(-1)[1]).getTime()];
  const along = (share, start, end) => start + share * (end - start);
  return ([value, time]) => [
    along(to === from ? 1 : (meant(time) - from) / (to - from), left, right),
    along(high === low ? 0.5 : (value - low) / (high - low), bottom, top),
  ];
}

/** The line; where a replayed day goes on with what an earlier round had, it is broken. */
function path(series, place) {
  const starts = (index) => index === 0 || series[index][1] < series[index - 1][1];
  return series.map((sample, index) => `${starts(index) ? "M" : "L"}${place(sample).map((part) => part.toFixed(1)).join(",")}`).join("");
}
