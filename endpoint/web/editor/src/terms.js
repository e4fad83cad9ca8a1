// The terms of the release, fetched once: what can be completed, and what things are called.

import { curie } from "./names.js";
import { language } from "./settings.js";

const labels = new Map();

let fetched;

/** Returns every term with its names, its label in the language of the page, and how a query writes it. */
export function fetchTerms() {
  fetched ??= fetch("/api/completions")
    .then((response) => (response.ok ? response.json() : { terms: [] }))
    .then(({ terms }) => terms.map(prepare))
    // Without them queries can be asked all the same.
    .catch(() => []);
  return fetched;
}

/** Returns what a thing is called in the language of the page, undefined of what is no term, or has no name. */
export function labelOf(iri) {
  return labels.get(iri);
}

function prepare(term) {
  const label = term.labels[language] ?? term.labels.en ?? Object.values(term.labels)[0];
  if (label) labels.set(term.iri, label);
  const names = new Set([label, ...Object.values(term.labels), ...term.others].filter(Boolean));
  return {
    iri: term.iri,
    kind: term.kind,
    label,
    written: curie(term.iri) ?? `<${term.iri}>`,
    names: [...names].map((name) => [name, fold(name)]),
  };
}

/** Returns a name as it is compared: without case and accents. */
export function fold(name) {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
