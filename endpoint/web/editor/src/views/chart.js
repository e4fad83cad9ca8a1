// The chart: bars for an answer that gives a name and a number in each row.

import { drawing, element } from "../elements.js";
import { shorten } from "../names.js";
import { number, tell, words } from "../settings.js";

const NUMBERS =
  /#(integer|decimal|double|float|(unsigned)?(int|long|short|byte)|(non)?(positive|negative)Integer)$/i;
const MOST = 100;
const ROW = 30;
// Shares of the width: names, then bars, then room for the numbers behind them.
const NAMES = 0.36;
const BARS = 0.52;

export default class Chart {
  label = words.chart;
  priority = 5;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return this.columns() !== undefined;
  }

  /** Returns the columns of names and of numbers, undefined where there are no such two. */
  columns() {
    const rows = this.yasr.results?.getBindings() ?? [];
    if (!rows.length) return undefined;
    const isNumber = (name) =>
      rows.some((row) => row[name]) && rows.every((row) => !row[name] || NUMBERS.test(row[name].datatype ?? ""));
    const columns = this.yasr.results.getVariables();
    const value = columns.find(isNumber);
    const name = columns.find((column) => column !== value && !isNumber(column)) ?? columns.find((column) => column !== value);
    return value && name ? { name, value } : undefined;
  }

  draw() {
    const { name, value } = this.columns();
    const all = this.yasr.results.getBindings().filter((row) => row[value]);
    const rows = all.slice(0, MOST).map((row) => ({ name: text(row[name]), value: Number(row[value].value) }));
    const chart = element("figure", { class: "chart" }, bars(rows, `${value}, ${name}`));
    if (all.length > rows.length) {
      const told = tell(words.bars_cut, { shown: number(rows.length), rows: number(all.length) });
      chart.append(element("figcaption", { class: "note" }, told));
    }
    this.yasr.resultsEl.append(chart);
  }
}

function bars(rows, title) {
  const least = Math.min(0, ...rows.map((row) => row.value));
  const scale = BARS / (Math.max(0, ...rows.map((row) => row.value)) - least || 1);
  const share = (part) => `${(part * 100).toFixed(3)}%`;
  const chart = drawing("svg", { width: "100%", height: rows.length * ROW, role: "img" }, drawing("title", {}, title));
  rows.forEach((row, place) => {
    const start = NAMES + (Math.min(0, row.value) - least) * scale;
    const length = Math.abs(row.value) * scale;
    const middle = place * ROW + ROW / 2;
    const names = drawing("svg", { x: 0, y: place * ROW, width: share(NAMES - 0.02), height: ROW });
    names.append(drawing("text", { x: "100%", y: ROW / 2, class: "bar-name" }, row.name));
    chart.append(
      drawing(
        "g",
        {},
        drawing("title", {}, `${row.name}: ${number(row.value)}`),
        names,
        drawing("rect", { class: "bar", x: share(start), y: middle - 9, width: share(length), height: 18, rx: 3 }),
        drawing("text", { x: share(start + length + 0.01), y: middle, class: "bar-value" }, number(row.value)),
      ),
    );
  });
  return chart;
}

function text(term) {
  if (!term) return "–";
  return term.type === "uri" ? shorten(term.value) : term.value;
}
