// The report by rule, and below each rule by cause: one wrong word in a hundred rows is told, and mended, once.

import { element } from "../elements.js";
import { group } from "./groups.js";
import { link, severity } from "./marks.js";
import { accepting } from "./accepting.js";
import { number, tell, words } from "../settings.js";
import { SEVERITIES } from "./report.js";

const CAUSES = 100;
const PLACES = 12;

export function byCause(report, problems, corrections) {
  const rules = group(problems, (problem) => problem.rule);
  const sorted = [...rules.values()].sort(
    ([one, ...more], [other, ...others]) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || others.length - more.length,
  );
  return sorted.length ? sorted.map((told) => rule(told, report, corrections)) : [element("p", {}, words.nothing_shown)];
}

function rule(problems, report, corrections) {
  const [first] = problems;
  const causes = [...group(problems, (problem) => problem.cause || problem.place).values()];
  const rows = new Set(problems.map(({ file, row, focus }) => `${file}:${row}:${row ? "" : focus}`)).size;
  const count = tell(rows === 1 ? words.row_count_one : words.row_count, { rows: number(rows) });
  const list = element("ul", { class: "causes" }, ...causes.slice(0, CAUSES).map((told) => cause(told, report, corrections)));
  if (causes.length > CAUSES) {
    list.append(element("li", { class: "note" }, tell(words.more_causes, { count: number(causes.length - CAUSES) })));
  }
  return element(
    "section",
    { class: "rule", "data-rule": first.name },
    element("h3", {}, severity(first), " ", link(first), element("span", { class: "note" }, ` ${count}`)),
    list,
  );
}

function located(problems, report) {
  const first = problems.find(({ file, row }) => report.cells.has(`${file}:${row}`));
  if (!first) return undefined;
  const place = { ...first, column: report.canCorrect(first) ? first.column : null };
  return element(
    "button",
    {
      type: "button",
      class: "link locate",
      click: (event) => event.currentTarget.dispatchEvent(new CustomEvent("locate", { bubbles: true, detail: place })),
    },
    words.locate,
  );
}

function cause(problems, report, corrections) {
  const [first] = problems;
  const where = problems.slice(0, PLACES).map(({ file, row, focus }) => (row ? tell(words.row, { row }) : (focus ?? file ?? "")));
  if (problems.length > PLACES) where.push(tell(words.more_rows, { count: number(problems.length - PLACES) }));
  const files = new Set(problems.map(({ file }) => file).filter(Boolean));
  const file = files.size && (report.tables.length > 1 || report.isRdf) ? [[...files].join(", ")] : [];
  const isPending = report.canCorrect(first) && corrections.isPending(first);
  return element(
    "li",
    { class: isPending ? "cause pending" : "cause" },
    element(
      "p",
      { class: "place" },
      first.column && element("b", {}, first.column),
      first.value && element("q", { class: "value" }, first.value),
      element("span", { class: "note" }, [...file, ...new Set(where.filter(Boolean))].join(" · ")),
    ),
    element("p", {}, first.message),
    first.suggestion && element("p", { class: "advice" }, first.suggestion),
    element("div", { class: "answers" }, accepting(problems, report, corrections, `cause-${first.place}`), located(problems, report)),
  );
}
