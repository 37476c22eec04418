// The context broker, over its NGSI-LD API: nothing here knows the page.

const API = "ngsi-ld/v1";
const PAGE_SIZE = 500;
const VALUES = 3600;

// A broker that asks for a token, or keeps several tenants, is opened as /#token=…&tenant=…
// The part behind # never leaves the browser.
const given = new URLSearchParams(location.hash.slice(1));

/** What is configured of this page: its title, its base map, what it shows besides. */
export async function readSettings() {
  const answer = await fetch("page/settings.json", { cache: "no-store" }).catch(() => undefined);
  return answer?.ok ? answer.json() : {};
}

async function get(path, parameters) {
  const headers = { Accept: "application/json" };
  if (given.get("token")) headers.Authorization = `Bearer ${given.get("token")}`;
  if (given.get("tenant")) headers["NGSILD-Tenant"] = given.get("tenant");
  const answer = await fetch(`${API}/${path}?${new URLSearchParams(parameters)}`, { headers, cache: "no-store" });
  if (answer.status === 404) return null;
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.title || `the broker answered ${answer.status}`);
  }
  return answer.json();
}

/** A type as a query names it: the signs of the query language in it are percent-encoded. */
function written(type) {
  return type.replace(/[%;|,()[\]{}=!<>~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The names of all entity types that the broker holds. */
export async function readTypes() {
  const types = await get("types");
  return types?.typeList ?? [];
}

/** All entities of the types, in normalized form, with the times at which the broker stored them. */
export async function readEntities(types) {
  const entities = [];
  while (types.length > 0) {
    const page = await get("entities", {
      type: types.map(written).join(","), limit: PAGE_SIZE, offset: entities.length, options: "sysAttrs",
    });
    entities.push(...(page ?? []));
    if (!page || page.length < PAGE_SIZE) break;
  }
  return entities;
}

/** The values that all entities of the types had at a moment: a Map of id to {attribute: value}. */
export async function readMoment(types, time) {
  const found = new Map();
  for (let offset = 0; types.length > 0;) {
    const page = await get("temporal/entities", {
      type: types.map(written).join(","), timerel: "before", timeAt: time.toISOString(), lastN: 1, options: "temporalValues",
      limit: PAGE_SIZE, offset,
    });
    for (const { id, ...attributes } of page ?? []) {
      const values = Object.entries(attributes).map(([name, one]) => [name, [one].flat().find((part) => part?.values)?.values.at(-1)?.[0]]);
      found.set(id, Object.fromEntries(values.filter(([, value]) => value !== undefined)));
    }
    if (!page || page.length < PAGE_SIZE) break;
    offset += page.length;
  }
  return found;
}

/** The values of some attributes since a moment: a Map of attribute name to [[value, Date], …], oldest first. */
export async function readHistory(id, names, since) {
  const entity = await get(`temporal/entities/${encodeURIComponent(id)}`, {
    // The newest first: should there be more than the broker answers at once, the oldest are left out.
    attrs: names.join(","), timerel: "after", timeAt: since.toISOString(), lastN: VALUES, options: "temporalValues",
  });
  const history = new Map();
  for (const name of names) {
    const instances = [entity?.[name] ?? []].flat();
    const series = ((instances.find((one) => !one.datasetId) ?? instances[0])?.values ?? [])
      .map(([value, time]) => [value, new Date(time)])
      .sort((left, right) => left[1] - right[1]);
    if (series.length > 0) history.set(name, series);
  }
  return history;
}
