// Completion: prefixes, and the classes, properties and terms of the release by any of their names.

import Yasgui from "@zazuko/yasgui";

import { element } from "./elements.js";
import { curie } from "./names.js";
import { language, settings, words } from "./settings.js";

const { Yasqe } = Yasgui;

const MOST = 50;
const KEYWORDS =
  "ABS ASC ASK AVG BASE BIND BOUND CEIL COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DAY DESC DESCRIBE DISTINCT EXISTS FILTER FLOOR FROM GRAPH GROUP HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC LANG LANGMATCHES LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND SAMPLE SAMETERM SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TZ UCASE UNDEF UNION URI UUID VALUES WHERE YEAR".split(
    " ",
  );
const TYPES = ["a", "rdf:type", "rdfs:subClassOf", "rdfs:domain", "rdfs:range"];

let terms;

/** Fetches the terms, once. */
function fetchTerms() {
  terms ??= fetch("/api/completions")
    .then((response) => (response.ok ? response.json() : { terms: [] }))
    .then((found) => found.terms.map(prepare));
  return terms;
}

function prepare(term) {
  const label = term.labels[language] ?? term.labels.en ?? Object.values(term.labels)[0] ?? "";
  const names = [...new Set([label, ...Object.values(term.labels), ...term.others].filter(Boolean))];
  return { ...term, label, written: curie(term.iri) ?? `<${term.iri}>`, names: names.map((name) => [name, fold(name)]) };
}

/** Returns a name as it is compared: without case and accents. */
function fold(name) {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Returns how well a term fits what is typed, the lower the better, and by which name; undefined if it does not. */
function fit(term, typed) {
  let best;
  for (const [name, folded] of term.names) {
    const place = folded.indexOf(typed);
    if (place < 0 || (place > 0 && /[\p{L}\p{N}]/u.test(folded[place - 1]))) continue;
    const rank = (folded === typed ? 0 : place === 0 ? 2 : 4) + (name === term.label ? 0 : 1);
    if (!best || rank < best.rank) best = { term, rank, name };
  }
  return best;
}

/** Returns the terms that fit a token at a place where `kinds` may stand, best first. */
export function match(known, token, kinds) {
  const [, prefix, local] = /^(?:([\w.-]*):)?(.*)$/su.exec(token);
  const start = token.startsWith("<") ? token.slice(1) : prefix === undefined ? undefined : settings.prefixes[prefix];
  if (prefix !== undefined && start === undefined) return [];
  const typed = fold(local);
  const found = [];
  for (const term of known) {
    if (!kinds(term.kind) || (start !== undefined && !term.iri.startsWith(start))) continue;
    const named = start !== undefined && fold(term.iri.slice(start.length)).startsWith(token.startsWith("<") ? "" : typed);
    const fitting = named ? { term, rank: 0, name: term.label } : fit(term, typed);
    if (fitting) found.push(fitting);
  }
  const order = (one, other) =>
    one.rank - other.rank || one.name.length - other.name.length || one.name.localeCompare(other.name, language);
  return found.sort(order).slice(0, MOST);
}

/** Returns which kinds of terms may stand where the cursor is, undefined where none may. */
function kindsAt(yasqe) {
  const token = yasqe.getCompleteToken();
  const text = token.string.trim();
  if (/^[?$"'#_]/.test(text) || ["comment", "string"].includes(token.type)) return undefined;
  if (!text.includes(":") && !text.startsWith("<") && text.length < 2) return undefined;
  // Who types FILTER wants no filamin: words in capitals that begin as a keyword does are left alone.
  if (KEYWORDS.some((keyword) => keyword.startsWith(text))) return undefined;
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  if (/^(PREFIX|BASE)$/i.test(before?.string ?? "") || token.state.inPrefixDecl) return undefined;
  if (!depth(yasqe)) return undefined;
  if (TYPES.includes(before?.string)) return (kind) => kind === "class";
  if (token.state.possibleCurrent.includes("a")) return (kind) => kind === "property";
  return (kind) => kind !== "property";
}

/** Returns how many braces are open before the cursor, those in IRIs, texts and comments left out. */
function depth(yasqe) {
  const doc = yasqe.getDoc();
  const before = doc.getRange({ line: 0, ch: 0 }, doc.getCursor());
  const bare = before.replace(/<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, "");
  return bare.split("{").length - bare.split("}").length;
}

function show(hint, { term, name }) {
  hint.render = (row) => {
    const also = name === term.label ? undefined : element("span", { class: "hint-name" }, name);
    const kind = element("span", { class: "hint-kind" }, words[`kind_${term.kind}`] ?? term.kind);
    row.append(
      element("span", { class: "hint-label" }, term.label || term.written),
      ...[also, term.label && element("code", {}, term.written), kind].filter(Boolean),
    );
  };
  return hint;
}

/** Names of the completers, for the configuration of the editor. */
export function registerCompleters() {
  let fitting = [];
  Yasqe.registerAutocompleter({
    name: "atlas",
    bulk: false,
    autoShow: true,
    isValidCompletionPosition: (yasqe) => kindsAt(yasqe) !== undefined,
    get: async (yasqe, token) => {
      const kinds = kindsAt(yasqe);
      fitting = kinds ? match(await fetchTerms(), token.string.trim(), kinds) : [];
      return fitting.map(({ term }) => term.written);
    },
    postprocessHints: (_, hints) => hints.map((hint, place) => show(hint, fitting[place])),
  });
  Yasqe.forkAutocompleter("prefixes", {
    name: "atlas-prefixes",
    persistenceId: null,
    get: () => Object.entries(settings.prefixes).map(([prefix, start]) => `${prefix}: <${start}>`),
  });
  // YASGUI's own completers of classes and properties ask a server on the internet.
  return ["variables", "atlas-prefixes", "atlas"];
}
