// Completion: prefixes, and the classes, properties and terms of the release by any of their names.

import Yasgui from "@zazuko/yasgui";

import { element } from "./elements.js";
import keywords from "./keywords.json";
import { settings, words } from "./settings.js";
import { fetchTerms, fold } from "./terms.js";

const { Yasqe } = Yasgui;

const MOST = 50;
const CLASSES = ["a", "rdf:type", "rdfs:subClassOf", "rdfs:domain", "rdfs:range"];

/** Returns how well a term fits what is typed, the lower the better, and by which name; undefined if it does not. */
function fit(term, typed) {
  let best;
  for (const [name, folded] of term.names) {
    const place = folded.indexOf(typed);
    // "myo" begins a word of "centronuclear myopathy", but none of "cardiomyopathy".
    if (place < 0 || (place > 0 && /[\p{L}\p{N}]/u.test(folded[place - 1]))) continue;
    const rank = (folded === typed ? 0 : place === 0 ? 2 : 4) + (name === term.label ? 0 : 1);
    if (!best || rank < best.rank) best = { term, rank, name };
  }
  return best;
}

/** Returns the terms that fit what is typed where a term of some kinds may stand, those of the `likely` kind first. */
function match(terms, typed, { allows, likely }) {
  const isIri = typed.startsWith("<");
  const [, prefix, local] = isIri ? [] : /^(?:([^:]*):)?(.*)$/su.exec(typed);
  const start = isIri ? typed.slice(1) : prefix === undefined ? "" : settings.prefixes[prefix];
  if (start === undefined) return [];
  const wanted = fold(local ?? "");
  const found = [];
  for (const term of terms) {
    if (!allows(term.kind) || !term.iri.startsWith(start)) continue;
    const spelt = start && fold(term.iri.slice(start.length)).startsWith(wanted);
    const fitting = spelt ? { term, rank: 0, name: term.label } : fit(term, wanted);
    if (fitting) found.push({ ...fitting, rank: fitting.rank + (term.kind === likely ? 0 : 6) });
  }
  const length = ({ name, term }) => (name ?? term.written).length;
  return found.sort((one, other) => one.rank - other.rank || length(one) - length(other)).slice(0, MOST);
}

/** Returns which kinds of terms may stand where the cursor is and which is likely, undefined where none may. */
function expected(yasqe) {
  const token = yasqe.getCompleteToken();
  const typed = token.string.trim();
  if (/^[?$"'#_]/.test(typed) || ["comment", "string"].includes(token.type)) return undefined;
  if (!/[:<]/.test(typed) && typed.length < 2) return undefined;
  // Who types FILTER wants no filamin: capitals that begin a keyword are left alone.
  if (keywords.some((keyword) => keyword.startsWith(typed))) return undefined;
  if (token.state.inPrefixDecl || openBraces(yasqe) === 0) return undefined;
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  if (CLASSES.includes(before?.string)) return { allows: (kind) => kind === "class" };
  if (token.state.possibleCurrent.includes("a")) return { allows: (kind) => kind === "property" };
  const likely = (token.state.lastProperty ?? "").split(":").at(-1);
  return { allows: (kind) => kind !== "property", likely };
}

/** Returns how many braces are open before the cursor, those in IRIs, texts and comments left out. */
function openBraces(yasqe) {
  const doc = yasqe.getDoc();
  const before = doc.getRange({ line: 0, ch: 0 }, doc.getCursor());
  const bare = before.replace(/<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, "");
  return bare.split("{").length - bare.split("}").length;
}

/** Draws a term in the list: its label, the name by which it was found, how it is written, and what it is. */
function draw(row, { term, name }) {
  const other = name && name !== term.label;
  row.append(
    element("span", { class: "hint-label" }, term.label ?? term.written),
    ...(other ? [element("span", { class: "hint-name" }, name)] : []),
    ...(term.label ? [element("code", {}, term.written)] : []),
    element("span", { class: "hint-kind" }, words[`kind_${term.kind}`] ?? ""),
  );
}

/** Declares the prefix of the name before the cursor, where the query does not yet. */
function declare(yasqe) {
  const token = yasqe.getTokenAt(yasqe.getDoc().getCursor());
  const prefix = token.string.split(":")[0];
  if (token.type !== "string-2" || token.state.inPrefixDecl || !Object.hasOwn(settings.prefixes, prefix)) return;
  if (Object.hasOwn(yasqe.getPrefixesFromQuery(), prefix)) return;
  yasqe.addPrefixes({ [prefix]: settings.prefixes[prefix] });
}

/** Registers our completers, and returns their names for the configuration of the editor. */
export function registerCompleters() {
  const found = new Map();
  Yasqe.registerAutocompleter({
    name: "atlas",
    bulk: false,
    autoShow: true,
    isValidCompletionPosition: (yasqe) => expected(yasqe) !== undefined,
    get: async (yasqe, token) => {
      const terms = await fetchTerms();
      const kinds = expected(yasqe);
      const fitting = kinds ? match(terms, token.string.trim(), kinds) : [];
      for (const one of fitting) found.set(one.term.written, one);
      return fitting.map(({ term }) => term.written);
    },
    postprocessHints: (_, hints) =>
      hints.map((hint) => ({ ...hint, render: (row) => draw(row, found.get(hint.text)) })),
  });
  Yasqe.forkAutocompleter("prefixes", {
    name: "atlas-prefixes",
    persistenceId: null,
    // YASGUI's own declares a prefix a moment later, and twice when somebody types fast.
    onInitialize: (yasqe) => yasqe.on("changes", () => declare(yasqe)),
    get: () => Object.entries(settings.prefixes).map(([prefix, start]) => `${prefix}: <${start}>`),
  });
  // YASGUI's own completers of classes and properties ask a server on the internet.
  return ["variables", "atlas-prefixes", "atlas"];
}
