// What the cells are to hold: kept on this page only, until it is closed.

const MANY = ";";

function key({ file, row, column }) {
  return JSON.stringify([file, row, column]);
}

export default class Corrections {
  #held = new Map();
  #listeners = [];
  #settled = new Map();

  listen(listener) {
    this.#listeners.push(listener);
  }

  get size() {
    return this.#held.size;
  }

  /** How many differ from what was checked last. */
  get pending() {
    const changed = (one, other) => [...one].filter(([place, { new: text }]) => other.get(place)?.new !== text).length;
    return changed(this.#held, this.#settled) + [...this.#settled.keys()].filter((place) => !this.#held.has(place)).length;
  }

  /** Takes note that what is held now has been checked. */
  settle() {
    this.#settled = new Map(this.#held);
  }

  of(place) {
    return this.#held.get(key(place));
  }

  /** Tells whether a cell was changed since the last check. */
  isPending(place) {
    const now = this.#held.get(key(place))?.new;
    return now !== this.#settled.get(key(place))?.new;
  }

  /** Lets cells hold other texts: each is a place (file, row, column), what it holds now, and what it is to hold. */
  set(changes) {
    for (const { place, held, text } of changes) {
      const known = this.of(place);
      const old = known ? known.old : held;
      if (text === old) this.#held.delete(key(place));
      else this.#held.set(key(place), { file: place.file, row: place.row, column: place.column, old, new: text });
    }
    this.#tell();
  }

  remove(places) {
    for (const place of places) this.#held.delete(key(place));
    this.#tell();
  }

  clear() {
    this.#held.clear();
    this.#settled.clear();
    this.#tell();
  }

  /** Returns what the server is told, of one file or of all. */
  list(name) {
    const all = [...this.#held.values()];
    return name ? all.filter(({ file }) => file === name || file.startsWith(`${name}#`)) : all;
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** Returns what a cell holds when one of its values is replaced. */
export function replace(held, value, text) {
  if (!value || held.trim() === value) return text;
  const parts = held.split(MANY).map((part) => part.trim());
  if (parts.includes(value)) return parts.map((part) => (part === value ? text : part)).join(`${MANY} `);
  return held.includes(value) ? held.replace(value, text) : text;
}
