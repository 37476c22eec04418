// What the demo tells besides the map: a clock over the recorded morning, the way of one message, and a sensor that is broken.

import { element, glow, write } from "../dom.js";
import { language, learn, locale, say } from "../words.js";

learn({
  "The recorded morning": "De opgenomen ochtend", "Live": "Live", "Back to live": "Terug naar live",
  "{0}, recorded time": "{0}, opgenomen tijd",
  "Park and ride: numbers recorded by the City of Gent, {0} times as fast as they happened. Noise, air and waste: simulated.":
    "P+R: cijfers opgenomen door Stad Gent, {0} keer zo snel als het ging. Geluid, lucht en afval: gesimuleerd.",
  "The way of one message": "De weg van één bericht",
  "Sensor": "Sensor", "Journal": "Journaal", "Entity": "Entiteit", "Map": "Kaart",
  "message": "bericht", "messages": "berichten", "waits": "wacht", "wait": "wachten", "update": "wijziging", "updates": "wijzigingen",
  "thing": "ding", "things": "dingen", "over MQTT": "over MQTT", "on disk": "op schijf", "in the context broker": "in de contextbroker",
  "Break it": "Maak het stuk",
  "Stop the context broker for ten seconds: what arrives meanwhile waits in the journal.":
    "Zet de contextbroker tien seconden stil: wat intussen komt, wacht in het journaal.",
  "The context broker is stopped, {0} s more. Nothing is lost: the journal grows.":
    "De contextbroker staat stil, nog {0} s. Er gaat niets verloren: het journaal groeit.",
  "It answers again: the journal drains.": "Hij antwoordt weer: het journaal loopt leeg.",
  "Drained. {0} waited at most, none was lost.": "Leeg. Er wachtten er hoogstens {0}, geen enkel ging verloren.",
  "A broken sensor": "Een kapotte sensor", "It sent": "Het stuurde", "Refused": "Geweigerd", "It waits": "Het wacht",
  "as dead letter {0}, with {1} more, in the bridge's journal; nothing of it reaches the map.":
    "als dode brief {0}, met nog {1} andere, in het journaal van de brug; niets ervan komt op de kaart.",
  "See it on the page of the bridge": "Bekijk het op de pagina van de brug",
});

const PERIOD = 1000;
const counted = new Intl.NumberFormat(locale);

function put({ figure, note }, number, one, more) {
  write(figure, counted.format(number));
  write(note, say(number === 1 ? one : more));
}

/** Begin to tell. */
export function start({ settings, view, stopAt }) {
  clock(settings.replay, view, stopAt);
  tell(view, settings.replay);
}

function clock({ started, first, last, speed, lap, zone }, view, stopAt) {
  const begin = Date.parse(first);
  const length = (Date.parse(last) - begin) / 1000;
  const written = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: zone });
  const at = (seconds) => written.format(begin + seconds * 1000);
  const face = element("output", { class: "face", for: "moment" });
  const slider = element("input", { id: "moment", type: "range", min: 0, max: length, step: 60, "aria-label": say("The recorded morning") });
  const live = element("button", { type: "button", class: "live", hidden: true }, say("Back to live"));
  view.clock.replaceChildren(face, element("span", { class: "edge" }, at(0)), slider, element("span", { class: "edge" }, at(length)), live);
  view.clock.hidden = view.strip.hidden = false;

  const into = (now) => ((((now - Date.parse(started)) / 1000) % lap) + lap) % lap;
  const show = (seconds) => {
    write(face, at(seconds));
    slider.setAttribute("aria-valuetext", at(seconds));
  };
  let stopped = false;
  const run = () => {
    if (stopped) return;
    const seconds = Math.min(length, into(Date.now()) * speed);
    slider.value = seconds;
    show(seconds);
  };
  /** The last moment that replayed this one; before the end of the first round it may not have come yet. */
  const replayed = (seconds) => {
    const now = Date.now();
    const round = now - into(now) * 1000;
    const time = round + (seconds / speed) * 1000;
    const earlier = time > now ? time - lap * 1000 : time;
    return new Date(Math.max(earlier, Date.parse(started) + 1000));
  };
  let asked;
  slider.addEventListener("input", () => {
    stopped = true;
    live.hidden = false;
    show(Number(slider.value));
    clearTimeout(asked);
    asked = setTimeout(() => stopAt(replayed(Number(slider.value)), at(Number(slider.value))), 120);
  });
  live.addEventListener("click", () => {
    stopped = false;
    live.hidden = true;
    clearTimeout(asked);
    stopAt(undefined);
    run();
    slider.focus();
  });
  run();
  setInterval(run, 250);
}

function tell(view, { speed }) {
  const station = (name, where) => {
    const figure = element("strong");
    const note = element("small");
    return { figure, note, node: element("li", { title: where && say(where) }, element("b", {}, say(name)), figure, note) };
  };
  const [sensor, journal, entity, drawn] = [
    station("Sensor", "over MQTT"), station("Journal", "on disk"), station("Entity", "in the context broker"), station("Map"),
  ];
  const sample = element("p", { class: "sample" });
  const button = element("button", { type: "button", class: "break" }, say("Break it"));
  const outcome = element("p", { class: "outcome", role: "status" }, say("Stop the context broker for ten seconds: what arrives meanwhile waits in the journal."));
  const broken = element("section", { class: "card broken", "aria-labelledby": "broken-title", hidden: true });
  view.story.replaceChildren(
    element("section", { class: "card way", "aria-labelledby": "way-title" },
      element("h2", { id: "way-title" }, say("The way of one message")),
      element("ol", { class: "stations" }, sensor.node, journal.node, entity.node, drawn.node), sample,
      element("div", { class: "breaking" }, button, outcome)),
    broken,
    element("p", { class: "note" }, say("Park and ride: numbers recorded by the City of Gent, {0} times as fast as they happened. Noise, air and waste: simulated.", counted.format(speed))));
  view.story.hidden = false;

  let most = 0;
  let phase = "";
  const show = (state) => {
    put(sensor, state.published, "message", "messages");
    put(journal, state.waiting, "waits", "wait");
    journal.node.style.setProperty("--share", String(Math.min(1, state.waiting / 200)));
    journal.node.dataset.waiting = String(state.waiting);
    put(entity, state.delivered, "update", "updates");
    put(drawn, document.querySelectorAll("#list li").length, "thing", "things");
    view.story.dataset.outage = String(state.outage > 0);
    const text = `${state.newest.topic}  ${state.newest.payload}`;
    if (sample.textContent !== text && state.newest.topic) {
      write(sample, text);
      if (state.outage === 0) for (const one of [sensor, journal, entity, drawn]) glow(one.node);
      else for (const one of [sensor, journal]) glow(one.node);
    }
    if (state.outage > 0) {
      most = Math.max(phase === "down" ? most : 0, state.waiting);
      phase = "down";
      write(outcome, say("The context broker is stopped, {0} s more. Nothing is lost: the journal grows.", Math.ceil(state.outage)));
    } else if (phase === "down" || (phase === "up" && state.waiting > 5)) {
      phase = "up";
      most = Math.max(most, state.waiting);
      write(outcome, say("It answers again: the journal drains."));
    } else if (phase === "up") {
      phase = "drained";
      write(outcome, say("Drained. {0} waited at most, none was lost.", counted.format(most)));
    }
    view.story.dataset.phase = phase;
    button.disabled = state.outage > 0;
    if (state.broken) showBroken(broken, state);
  };
  const ask = async (path, options) => {
    const answer = await fetch(`page/demo/${path}`, { cache: "no-store", ...options }).catch(() => undefined);
    const state = answer?.ok && (await answer.json());
    if (state?.newest) show(state);
  };
  button.addEventListener("click", () => ask("break", { method: "POST" }));
  const keep = async () => {
    if (!document.hidden) await ask("state.json");
    setTimeout(keep, PERIOD);
  };
  keep();
}

function showBroken(card, { broken, dead, bridge }) {
  if (card.dataset.shown === `${broken.number} ${dead}`) return;
  card.dataset.shown = `${broken.number} ${dead}`;
  const link = card.querySelector("a") ?? element("a", { href: `${bridge}?lang=${language}#dead` }, say("See it on the page of the bridge"));
  const focused = link === document.activeElement;
  card.replaceChildren(
    element("h2", { id: "broken-title" }, say("A broken sensor")),
    element("dl", {},
      element("dt", {}, say("It sent")), element("dd", {}, element("code", {}, broken.payload)),
      element("dt", {}, say("Refused")), element("dd", {}, broken.reason),
      element("dt", {}, say("It waits")),
      element("dd", {}, say("as dead letter {0}, with {1} more, in the bridge's journal; nothing of it reaches the map.", broken.number, counted.format(Math.max(0, dead - 1))))),
    link);
  card.hidden = false;
  if (focused) link.focus();
}
