// The report by row, as one goes through a table.

import { element } from "../elements.js";
import { number, tell, words } from "../settings.js";
import { accepting } from "./accepting.js";
import { group } from "./groups.js";
import { lines } from "./marks.js";

const SHOWN = 200;

export function byRow(report, problems, corrections) {
  const rows = [...group(problems, ({ file, row, focus }) => JSON.stringify([file, row, row ? null : focus])).values()];
  const shown = rows.slice(0, SHOWN).map((told) => row(told, report, corrections));
  if (!shown.length) return [element("p", {}, words.nothing_shown)];
  if (rows.length > SHOWN) shown.push(element("p", { class: "note" }, tell(words.more_rows, { count: number(rows.length - SHOWN) })));
  return shown;
}

function row(problems, report, corrections) {
  const [{ file, row, focus }] = problems;
  const first = report.cells.get(`${file}:${row}`)?.cells[0];
  const title = row ? tell(words.row, { row }) : (focus ?? file ?? words.whole);
  return element(
    "section",
    { class: "rule" },
    element("h3", {}, title, first && ` · ${first}`, file && report.tables.length > 1 && element("span", { class: "note" }, ` ${file}`)),
    element("ul", { class: "causes" }, ...problems.map((problem) => item(problem, report, corrections))),
  );
}

function item(problem, report, corrections) {
  const place = element("p", { class: "place" }, problem.column && element("b", {}, problem.column), problem.value && element("q", { class: "value" }, problem.value));
  const isPending = report.canCorrect(problem) && corrections.isPending(problem);
  return element(
    "li",
    { class: isPending ? "cause pending" : "cause" },
    place.childNodes.length ? place : undefined,
    ...lines(problem),
    accepting([problem], report, corrections, `row-${problem.place}`),
  );
}
