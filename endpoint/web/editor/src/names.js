// Names of things: CURIEs, and where this server describes an IRI.

import { language, settings } from "./settings.js";

const LOCAL = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?$/;

// The longest namespace fits best; the preferred prefix of one comes first in the list, and sorting keeps the order.
const namespaces = Object.entries(settings.prefixes).sort((one, other) => other[1].length - one[1].length);

/** Returns the CURIE of an IRI as SPARQL writes it, undefined where there is none. */
export function curie(iri) {
  for (const [prefix, start] of namespaces) {
    if (iri.startsWith(start) && iri.length > start.length && LOCAL.test(iri.slice(start.length))) {
      return `${prefix}:${iri.slice(start.length)}`;
    }
  }
  return undefined;
}

/** Returns what people read for an IRI: its CURIE; of our own things the path, as in image/VLM-199-1. */
export function shorten(iri) {
  if (iri.startsWith(settings.base)) return curie(iri) ?? iri.slice(settings.base.length);
  return curie(iri) ?? iri;
}

/** Returns where this server describes an IRI, in the language of the page. */
export function page(iri) {
  const chosen = new URLSearchParams(location.search).has("lang") ? language : undefined;
  if (iri.startsWith(settings.base)) {
    const [path, fragment] = iri.slice(settings.base.length).split("#");
    return `/${encodeURI(path)}${chosen ? `?lang=${chosen}` : ""}${fragment ? `#${fragment}` : ""}`;
  }
  return `/about?${new URLSearchParams({ iri, ...(chosen && { lang: chosen }) })}`;
}

/** Tells whether a term of an answer is a photograph of the atlas, or one of its pictures. */
export function isImage(term) {
  return term?.type === "uri" && (term.value.startsWith(`${settings.base}image/`) || isPicture(term.value));
}

/** Tells whether an IRI is the file of a picture. */
export function isPicture(iri) {
  return iri.startsWith(`${settings.base}media/`);
}

/** Returns where this server gives the file of a picture. */
export function file(iri) {
  return `/${encodeURI(iri.slice(settings.base.length))}`;
}
