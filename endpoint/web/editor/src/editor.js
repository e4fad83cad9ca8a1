// The page of the editor: takes the place of the plain form, which stays for those without scripts.

import Yasgui from "@zazuko/yasgui";

import "./editor.css";
import { besides, link, readAddress, writeAddress } from "./address.js";
import Answer from "./answer.js";
import { ask } from "./asking.js";
import { LANGUAGES } from "./code.js";
import { registerCompleters } from "./completion.js";
import { copier, element } from "./elements.js";
import { examples } from "./examples.js";
import { shorten } from "./names.js";
import { Problem } from "./problem.js";
import { form, tell, words } from "./settings.js";
import { fetchTerms } from "./terms.js";

const GRAPHS = ["CONSTRUCT", "DESCRIBE"];

const plain = form.querySelector("textarea");
const run = form.querySelector("button");
const place = element("div", { class: "question" });
plain.replaceWith(place);

const editor = new Yasgui.Yasqe(place, {
  value: plain.value.trimEnd(),
  autocompleters: registerCompleters(),
  persistenceId: null,
  consumeShareLink: null,
  createShareableLink: null,
  showQueryButton: false,
  resizeable: false,
  editorHeight: "auto",
  viewportMargin: Infinity,
  screenReaderLabel: words.label,
  requestConfig: { endpoint: "/sparql" },
  // Tab leads on, as everywhere on the page; the editor itself keeps nothing.
  extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": submit, "Cmd-Enter": submit },
});

const stop = element("button", { type: "button", class: "quiet", hidden: true }, words.stop);
const status = element("span", { class: "note", role: "status" });
const share = copier(words.link, words.copied, () => link(editor.getValue(), answer.chosen) ?? words.link_long);
const keys = element("span", { class: "note keys" }, words.keys);
const bar = element("div", { class: "bar" }, stop, status, keys, share);
run.replaceWith(bar);
bar.prepend(run);
const graphs = besides().filter(([name]) => name !== "timeout");
if (graphs.length) {
  const named = graphs.map(([, iri]) => shorten(iri)).join(", ");
  bar.before(element("p", { class: "note" }, tell(words.graphs, { graphs: named })));
}

const code = element("details", { class: "code" }, element("summary", {}, words.code));
const trouble = element("div", { class: "trouble", role: "alert", hidden: true });
const told = element("section", { class: "answer", "aria-label": words.answer, hidden: true });
form.after(code, trouble, told);
const answer = new Answer(told);

let asking;
let mark;

fetchTerms();

function submit() {
  form.requestSubmit();
}

/** Asks what the editor holds, and shows the answer in a view; one that is under way is stopped. */
async function pose(view) {
  asking?.abort();
  const own = (asking = new AbortController());
  const query = editor.getValue();
  const began = Date.now();
  const count = () => (status.textContent = tell(words.running, { seconds: Math.floor((Date.now() - began) / 1000) }));
  const clock = setInterval(count, 1000);
  count();
  clear();
  stop.hidden = false;
  try {
    const isGraph = GRAPHS.includes(editor.getQueryType());
    const accept = isGraph ? "text/turtle" : "application/sparql-results+json";
    const [given] = await Promise.all([ask(query, accept, own.signal), fetchTerms()]);
    told.hidden = false;
    answer.show(query, given, view);
    status.textContent = "";
  } catch (error) {
    if (own.signal.aborted) {
      if (own === asking) status.textContent = words.stopped;
      return;
    }
    status.textContent = "";
    told.hidden = true;
    if (!(error instanceof Problem)) throw error;
    tellProblem(error);
  } finally {
    clearInterval(clock);
    if (own === asking) stop.hidden = true;
  }
}

function clear() {
  trouble.hidden = true;
  mark?.clear();
}

function tellProblem({ detail, mend, line, column }) {
  trouble.replaceChildren(element("p", {}, detail), element("p", { class: "note" }, mend ?? ""));
  trouble.hidden = false;
  if (!line) return;
  const at = { line: line - 1, ch: Math.max(0, column - 1) };
  mark = editor.getDoc().markText({ ...at, ch: Math.max(0, at.ch - 1) }, { ...at, ch: at.ch + 1 }, { className: "wrong" });
  editor.getDoc().setCursor(at);
  editor.focus();
}

function drawCode() {
  const names = Object.keys(LANGUAGES);
  const chosen = code.dataset.chosen ?? names[0];
  const program = LANGUAGES[chosen](editor.getValue(), editor.getQueryType());
  const tabs = names.map((name) => {
    const choose = () => {
      code.dataset.chosen = name;
      drawCode();
      code.querySelector('[aria-pressed="true"]').focus();
    };
    return element("button", { type: "button", class: "tab", "aria-pressed": `${name === chosen}`, click: choose }, name);
  });
  const copy = copier(words.copy, words.copied, () => program);
  const shown = element("pre", { tabindex: 0, class: "program" }, element("code", {}, program));
  code.replaceChildren(code.firstElementChild, element("div", { class: "tabs" }, ...tabs, copy), shown);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  writeAddress(editor.getValue(), answer.chosen, { step: true });
  pose(answer.chosen);
});
stop.addEventListener("click", () => asking.abort());
answer.on("change", () => writeAddress(answer.told.query, answer.chosen, { step: false }));
code.addEventListener("toggle", () => code.open && drawCode());
editor.on("change", () => code.open && drawCode());

/** Shows what the address carries. */
function follow() {
  const { query, view } = readAddress();
  if (query === undefined) return;
  if (query !== editor.getValue()) editor.setValue(query);
  writeAddress(query, view, { step: false });
  pose(view);
}

addEventListener("popstate", follow);
follow();

const menu = await examples((query) => {
  editor.setValue(query);
  submit();
});
if (menu) form.prepend(menu);
