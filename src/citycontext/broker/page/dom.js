// Elements are built from text only: what a broker says is never read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Build an element; attributes that are undefined, null or false are left out, children may be text. */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function drawing(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "tint") node.style.setProperty("--tint", value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** Write text only where it changed, so that nothing flickers and screen readers stay quiet. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Let an element glow once, because what it shows is new. */
export function glow(node) {
  node.classList.remove("fresh");
  void node.getBoundingClientRect();
  node.classList.add("fresh");
}
