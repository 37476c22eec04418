// Markers that would lie on each other become one.

/** Group entities that are near each other on the screen; `place` says where one is, in pixels. */
export function group(entities, place, distance) {
  const cells = new Map();
  const groups = [];
  for (const entity of entities) {
    const { x, y } = place(entity);
    const [column, row] = [Math.floor(x / distance), Math.floor(y / distance)];
    let found;
    for (let right = -1; right <= 1 && !found; right += 1) {
      for (let down = -1; down <= 1 && !found; down += 1) {
        found = (cells.get(`${column + right} ${row + down}`) ?? []).find((one) => Math.hypot(one.x - x, one.y - y) < distance);
      }
    }
    if (found) {
      found.members.push(entity);
      continue;
    }
    const made = { x, y, members: [entity] };
    groups.push(made);
    const key = `${column} ${row}`;
    if (cells.has(key)) cells.get(key).push(made);
    else cells.set(key, [made]);
  }
  return groups;
}
