// Things by what they have in common: Map.groupBy, which browsers have since 2024 only.

/** Returns a Map of keys to the items that have them, both in the order of the items. */
export function group(items, keyOf) {
  return items.reduce((groups, item) => {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
    return groups;
  }, new Map());
}
