// The address of the page: a link that carries the query and the view, and works without scripts, too.

export const ENDPOINT = new URL("/sparql", location.href).href;

// Bytes that the server takes as an address.
const LONGEST = 60_000;

// What the protocol knows besides the query, and goes along with it.
const BESIDES = ["default-graph-uri", "named-graph-uri", "timeout"];

/** Returns the dataset and time limit that the address names, as pairs of name and value. */
export function besides() {
  return [...new URLSearchParams(location.search)].filter(([name]) => BESIDES.includes(name));
}

/** Returns the query and view that the address carries, undefined where it does not. */
export function readAddress() {
  const carried = new URLSearchParams(location.search);
  return { query: carried.get("query") ?? undefined, view: carried.get("view") ?? undefined };
}

/** Returns the link to a query and view, undefined where it would be too long. */
export function link(query, view, chosen = new URLSearchParams(location.search).get("lang")) {
  const carried = new URLSearchParams([["query", query], ...besides()]);
  if (view) carried.set("view", view);
  if (chosen) carried.set("lang", chosen);
  const address = `${ENDPOINT}?${carried}`;
  return address.length > LONGEST ? undefined : address;
}

/** Shows the link in the address bar: as a new step of the history, or in place of the last. */
export function writeAddress(query, view, { step }) {
  const address = link(query, view);
  if (address && address !== location.href) history[step ? "pushState" : "replaceState"](null, "", address);
  const other = document.querySelector("nav a[hreflang]");
  other.href = link(query, view, other.hreflang) ?? `${ENDPOINT}?lang=${other.hreflang}`;
}

/** Returns the address of an answer in a form, for downloads. */
export function download(query, format) {
  return `${ENDPOINT}?${new URLSearchParams([["query", query], ["format", format], ...besides()])}`;
}
