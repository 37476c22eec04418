// A base map out of a file that the broker has: pictures, or vector tiles (MVT), which are drawn here on a canvas.

const EXTENT = 4096;
// Below first; what has no line here is not drawn.
const LAYERS = [
  ["earth", "earth"], ["landcover", "green"], ["landuse", "green"], ["water", "water"], ["waterway", "water"], ["buildings", "building"],
  ["building", "building"], ["roads", "road"], ["transportation", "road"], ["boundaries", "border"], ["boundary", "border"],
];
const GREEN = new Set(["park", "wood", "forest", "grass", "grassland", "nature_reserve", "cemetery", "meadow", "scrub", "farmland"]);
const BROAD = new Set(["highway", "motorway", "major_road", "trunk", "primary", "secondary"]);

/** A function that lays the tiles on a map. */
export function basemap({ kind, least, most, credit }) {
  return (map) => {
    const options = { minNativeZoom: least, maxNativeZoom: most, maxZoom: 19, attribution: plain(credit), className: "tiles" };
    const address = ({ z, x, y }) => `page/tiles/${z}/${x}/${y}`;
    if (kind === "image") L.tileLayer("page/tiles/{z}/{x}/{y}", options).addTo(map);
    else vectorLayer(address, { ...options, className: "" }).addTo(map);
  };
}

/** What a file credits is shown as text: it may hold anything. */
function plain(credit) {
  const text = new DOMParser().parseFromString(credit, "text/html").body.textContent;
  const node = document.createElement("span");
  node.textContent = text;
  return node.innerHTML;
}

function vectorLayer(address, options) {
  const Layer = L.GridLayer.extend({
    createTile(place, done) {
      const canvas = document.createElement("canvas");
      const { x: width, y: height } = this.getTileSize();
      const sharp = Math.min(window.devicePixelRatio || 1, 2);
      canvas.width = width * sharp;
      canvas.height = height * sharp;
      fetch(address(place))
        .then((answer) => (answer.status === 200 ? answer.arrayBuffer() : undefined))
        .then((content) => {
          if (content) paint(canvas, read(new Uint8Array(content)));
          done(null, canvas);
        })
        .catch((error) => done(error, canvas));
      return canvas;
    },
  });
  return new Layer(options);
}

function paint(canvas, layers) {
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  pen.lineCap = pen.lineJoin = "round";
  for (const [name, what] of LAYERS) {
    const layer = layers.get(name);
    if (!layer) continue;
    const scale = canvas.width / layer.extent;
    pen.fillStyle = pen.strokeStyle = style.getPropertyValue(`--map-${what}`);
    for (const { shape, parts, kind } of layer.features) {
      if (what === "green" && !GREEN.has(kind)) continue;
      pen.beginPath();
      for (const part of parts) {
        part.forEach(([x, y], at) => (at === 0 ? pen.moveTo(x * scale, y * scale) : pen.lineTo(x * scale, y * scale)));
      }
      pen.lineWidth = (canvas.width / 256) * (what === "road" ? (BROAD.has(kind) ? 2.2 : 0.9) : 1);
      if (shape === 3) pen.fill("evenodd");
      else if (shape === 2) pen.stroke();
    }
  }
}

/** Read a vector tile: a Map of layer to its extent and features, each with its kind, shape and lines of points. */
export function read(content) {
  const layers = new Map();
  for (const [field, value] of fields(content)) {
    if (field !== 3) continue;
    const layer = { name: "", extent: EXTENT, keys: [], values: [], raw: [] };
    for (const [number, part] of fields(value)) {
      if (number === 1) layer.name = text(part);
      else if (number === 2) layer.raw.push(part);
      else if (number === 3) layer.keys.push(text(part));
      else if (number === 4) layer.values.push([...fields(part)].filter(([one]) => one === 1).map(([, one]) => text(one))[0]);
      else if (number === 5) layer.extent = part;
    }
    layers.set(layer.name, { extent: layer.extent, features: layer.raw.map((raw) => feature(raw, layer)) });
  }
  return layers;
}

function feature(raw, { keys, values }) {
  const found = { shape: 0, parts: [], kind: "" };
  for (const [number, part] of fields(raw)) {
    if (number === 3) found.shape = part;
    else if (number === 4) found.parts = lines([...varints(part)]);
    else if (number === 2) {
      const tags = [...varints(part)];
      for (let at = 0; at + 1 < tags.length; at += 2) {
        if (["kind", "class"].includes(keys[tags[at]])) found.kind = values[tags[at + 1]] ?? "";
      }
    }
  }
  return found;
}

function lines(commands) {
  const parts = [];
  let [x, y, at] = [0, 0, 0];
  const step = (value) => (value >>> 1) ^ -(value & 1);
  while (at < commands.length) {
    const [command, count] = [commands[at] & 7, commands[at] >>> 3];
    at += 1;
    if (command === 7) {
      parts.at(-1)?.push(parts.at(-1)[0]);
      continue;
    }
    for (let time = 0; time < count && at + 1 < commands.length; time += 1) {
      x += step(commands[at]);
      y += step(commands[at + 1]);
      at += 2;
      if (command === 1) parts.push([]);
      parts.at(-1)?.push([x, y]);
    }
  }
  return parts;
}

function* fields(bytes) {
  const reader = { at: 0 };
  while (reader.at < bytes.length) {
    const key = varint(bytes, reader);
    const wire = key & 7;
    if (wire === 0) yield [key >>> 3, varint(bytes, reader)];
    else if (wire === 2) {
      const length = varint(bytes, reader);
      yield [key >>> 3, bytes.subarray(reader.at, reader.at + length)];
      reader.at += length;
    } else reader.at += wire === 1 ? 8 : 4;
  }
}

function* varints(bytes) {
  const reader = { at: 0 };
  while (reader.at < bytes.length) yield varint(bytes, reader);
}

function varint(bytes, reader) {
  let [value, factor] = [0, 1];
  for (;;) {
    const byte = bytes[reader.at] ?? 0;
    reader.at += 1;
    value += (byte & 127) * factor;
    if (byte < 128) return value;
    factor *= 128;
  }
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}
