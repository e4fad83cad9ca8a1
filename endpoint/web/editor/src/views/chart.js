// The chart: bars for an answer that gives a name and a number in each row.

import { drawing, element } from "../elements.js";
import { shorten } from "../names.js";
import { number, tell, words } from "../settings.js";
import { labelOf } from "../terms.js";

const NUMBERS =
  /#(integer|decimal|double|float|(unsigned)?(int|long|short|byte)|(non)?(positive|negative)Integer)$/i;
const MOST = 100;
// Names stand beside the bars where there is room, above them on a telephone: pixels of a row, pixels from its top to
// the middle of name and bar, and the share of the width before the bars. Numbers stand behind the bars.
const BESIDE = { name: "beside", row: 30, text: 15, bar: 15, before: 0.36, bars: 0.52 };
const ABOVE = { name: "above", row: 52, text: 14, bar: 36, before: 0, bars: 0.85 };
const ROOM = 640;

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
    const chart = element("figure", { class: "chart" }, bars(rows, `${value}, ${name}`, this.yasr.resultsEl.clientWidth < ROOM ? ABOVE : BESIDE));
    if (all.length > rows.length) {
      const told = tell(words.bars_cut, { shown: number(rows.length), rows: number(all.length) });
      chart.append(element("figcaption", { class: "note" }, told));
    }
    this.yasr.resultsEl.append(chart);
  }
}

function bars(rows, title, { name, row, text, bar, before, bars }) {
  const least = Math.min(0, ...rows.map(({ value }) => value));
  const scale = bars / (Math.max(0, ...rows.map(({ value }) => value)) - least || 1);
  const share = (part) => `${(part * 100).toFixed(3)}%`;
  const beside = before > 0;
  const drawn = rows.map((one, place) => {
    const top = place * row;
    const start = before + (Math.min(0, one.value) - least) * scale;
    const length = Math.abs(one.value) * scale;
    // A drawing of its own cuts off what is longer than its place.
    const frame = { x: 0, y: top, width: share(beside ? before - 0.02 : 1), height: row };
    const label = drawing("text", { class: "bar-name", x: beside ? "100%" : 0, y: text }, one.name);
    return drawing(
      "g",
      {},
      drawing("title", {}, `${one.name}: ${number(one.value)}`),
      drawing("svg", frame, label),
      drawing("rect", { class: "bar", x: share(start), y: top + bar - 9, width: share(length), height: 18, rx: 3 }),
      drawing("text", { class: "bar-value", x: share(start + length + 0.01), y: top + bar }, number(one.value)),
    );
  });
  const size = { class: name, width: "100%", height: rows.length * row, role: "img" };
  return drawing("svg", size, drawing("title", {}, title), ...drawn);
}

function text(term) {
  if (!term) return "–";
  return term.type === "uri" ? (labelOf(term.value) ?? shorten(term.value)) : term.value;
}
