// The answer: YASGUI's results, with our views and words, and downloads from the server.

import Yasgui from "@zazuko/yasgui";

import { download } from "./address.js";
import { element } from "./elements.js";
import { number, tell, words } from "./settings.js";
import Chart from "./views/chart.js";
import Mosaic from "./views/mosaic.js";
import Table from "./views/table.js";
import Text from "./views/text.js";
import Verdict from "./views/verdict.js";

const { Yasr } = Yasgui;
const VIEWS = { verdict: Verdict, table: Table, mosaic: Mosaic, chart: Chart, text: Text };

const TABLES = ["csv", "tsv", "json", "xml"];
const GRAPHS = ["ttl", "nt", "jsonld", "rdf"];
const NAMES = { csv: "CSV", tsv: "TSV", json: "JSON", xml: "XML", ttl: "Turtle", nt: "N-Triples", jsonld: "JSON-LD", rdf: "RDF/XML" };

Yasr.plugins = VIEWS;
Yasr.defaults.plugins = Object.fromEntries(Object.keys(VIEWS).map((name) => [name, { enabled: true }]));
// YASGUI's "compact" is the table without quotation marks and datatypes.
Yasr.defaults.plugins.table.dynamicConfig = { compact: true, isEllipsed: false };
Yasr.defaults.pluginOrder = Object.keys(VIEWS);

/** Returns an answer to SELECT or ASK; the latter has no columns, which YASGUI wants to know. */
function read(text) {
  const answer = JSON.parse(text);
  answer.head.vars ??= [];
  return answer;
}

export default class Answer extends Yasr {
  constructor(parent) {
    // Nothing is kept in the browser: the link carries all, and computers in hospitals are shared.
    super(parent, { persistenceId: null });
  }

  /** The view that is shown: the chosen one where it can show the answer, else the most telling. */
  get view() {
    return this.getSelectedPluginName();
  }

  /** The view that somebody chose, undefined while nobody did. */
  get chosen() {
    return this.selectedPlugin;
  }

  /** Shows an answer. */
  show(query, { text, type, seconds, isPortion }, view) {
    const isGraph = !type.includes("sparql-results");
    this.exact = isGraph ? undefined : read(text);
    this.selectedPlugin = view in VIEWS ? view : undefined;
    this.told = { query, seconds, isPortion, forms: isGraph ? GRAPHS : TABLES };
    const headers = new Headers({ "content-type": type });
    this.setResponse({ status: 200, ok: true, headers, content: text }, seconds * 1000);
  }

  draw() {
    // YASGUI's parser fills {{names}} in texts of an answer; people see what the server said.
    if (this.exact) Object.assign(this.results, { json: this.exact, type: "json" });
    super.draw();
  }

  getSelectedPluginName() {
    if (!this.results) return "table";
    const fitting = this.getCompatiblePlugins();
    return fitting.includes(this.selectedPlugin) ? this.selectedPlugin : fitting[0];
  }

  drawHeader() {
    this.info = element("p", { class: "note", role: "status" });
    this.downloads = element("p", { class: "downloads" });
    this.headerEl.append(this.info);
    this.drawPluginSelectors();
    this.drawPluginElement();
    this.headerEl.append(this.downloads);
    for (const button of this.pluginSelectorsEl.querySelectorAll("button")) button.removeAttribute("aria-label");
    this.pluginSelectorsEl.setAttribute("aria-label", words.views);
  }

  updatePluginSelectors(fitting) {
    super.updatePluginSelectors(fitting);
    for (const button of this.pluginSelectorsEl?.querySelectorAll("button") ?? []) {
      button.setAttribute("aria-pressed", button.classList.contains("selected"));
      if (fitting) button.parentElement.hidden = button.classList.contains("disabled");
    }
  }

  updateResponseInfo() {
    if (!this.told) return;
    const rows = this.results.getBindings()?.length;
    const values = { rows: number(rows ?? 0), seconds: number(this.told.seconds) };
    this.info.textContent = rows === undefined ? "" : tell(rows === 1 ? words.one_row : words.rows, values);
    if (this.told.isPortion) this.info.append(`. ${tell(words.portion, { shown: number(rows), count: rows })}`);
    const links = this.told.forms.map((form) =>
      element("a", { href: download(this.told.query, form), download: `muscle-atlas.${form}` }, NAMES[form]),
    );
    this.downloads.replaceChildren(`${words.download} `, ...links);
  }

  updateHelpButton() {}
  updateExportHeaders() {}
  fillFallbackBox() {}
}
