// The rows that something is told of, as a table: wrong cells are coloured, and any cell can be written.

import { element } from "../elements.js";
import { number, tell, words } from "../settings.js";
import { accepting } from "./accepting.js";
import { group } from "./groups.js";
import { lines } from "./marks.js";
import { SEVERITIES } from "./report.js";

const SHOWN = 200;

let opened;

function idOf({ file, row, column }) {
  return `cell-${file}-${row}-${column}`;
}

/** Has the cell of a problem open when the table is drawn next; returns its id. */
export function openCell({ file, row, column }) {
  opened = { file, row, column, id: idOf({ file, row, column }) };
  return opened.id;
}

export function byTable(report, problems, corrections) {
  const shown = report.tables.filter(({ rows }) => rows.length).map((table) => draw(table, report, problems, corrections));
  return shown.length ? shown : [element("p", {}, words.nothing_shown)];
}

function draw({ file, headings, rows, more }, report, problems, corrections) {
  const told = group(
    problems.filter((problem) => problem.file === file),
    ({ row }) => row,
  );
  const wanted = rows.filter(([row]) => told.has(row));
  const body = element("tbody");
  for (const [row, cells] of wanted.slice(0, SHOWN)) {
    const of = group(told.get(row), ({ column }) => (headings.includes(column) ? column : null));
    const line = element("tr", {}, headCell({ file, row }, of.get(null) ?? [], report, corrections));
    for (const [place, column] of headings.entries()) {
      line.append(cell({ file, row, column, value: cells[place] ?? "" }, of.get(column) ?? [], report, corrections));
    }
    body.append(line);
    if (opened?.file === file && opened.row === row) body.append(detail(opened, report, of, headings, corrections));
  }
  const left = wanted.length - Math.min(wanted.length, SHOWN) + more;
  return element(
    "div",
    {},
    report.tables.length > 1 && element("h3", {}, file),
    element(
      "div",
      { class: "wide sheet", tabindex: "0", role: "region", "aria-label": file },
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, words.row_head), ...headings.map((heading) => element("th", { scope: "col" }, heading)))),
        body,
      ),
    ),
    left ? element("p", { class: "note" }, tell(words.more_rows, { count: number(left) })) : undefined,
  );
}

function worst(problems) {
  return SEVERITIES.find((severity) => problems.some((problem) => problem.severity === severity));
}

function headCell(place, problems, report, corrections) {
  if (!problems.length) return element("th", { scope: "row" }, String(place.row));
  return element("th", { scope: "row", class: worst(problems) }, opener({ ...place, column: null }, String(place.row), problems, report, corrections));
}

function cell(place, problems, report, corrections) {
  const correction = corrections.of(place);
  const severity = worst(problems);
  const kinds = [severity, correction && "written", correction && corrections.isPending(place) && "pending"];
  const text = correction ? correction.new : place.value;
  return element("td", { class: kinds.filter(Boolean).join(" ") || undefined }, opener(place, text, problems, report, corrections));
}

function opener(place, text, problems) {
  const id = idOf(place);
  const isOpen = opened?.id === id;
  const label = [place.column, text || words.empty, ...problems.map(({ message }) => message)].filter(Boolean).join(" – ");
  return element(
    "button",
    {
      type: "button",
      class: "cell",
      id,
      title: problems.map(({ message }) => message).join("\n") || undefined,
      "aria-label": label,
      "aria-expanded": String(isOpen),
      click: (event) => {
        opened = isOpen ? undefined : { ...place, id };
        event.currentTarget.dispatchEvent(new CustomEvent("redraw", { bubbles: true }));
      },
    },
    text || "\u00a0",
  );
}

function detail(place, report, of, headings, corrections) {
  const problems = of.get(place.column) ?? [];
  const inside = element("td", { colspan: String(headings.length + 1) });
  if (place.column) inside.append(element("p", { class: "place" }, element("b", {}, place.column)));
  if (problems.length) {
    for (const problem of problems) {
      inside.append(...lines(problem).filter(Boolean));
      const accept = accepting([problem], report, corrections, `table-${problem.place}`);
      if (accept) inside.append(accept);
    }
  } else {
    inside.append(accepting([{ ...place, corrections: [] }], report, corrections, "table-cell"));
  }
  return element("tr", { class: "detail" }, inside);
}
