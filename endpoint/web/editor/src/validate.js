// The page that checks files: dropped or chosen, told what is wrong, corrected, checked again, given back.

import "./validate.css";
import Actions from "./checking/actions.js";
import { check, fetchFile } from "./checking/check.js";
import Corrections from "./checking/corrections.js";
import { listen } from "./checking/dropping.js";
import Filters from "./checking/filters.js";
import Progress from "./checking/progress.js";
import Report from "./checking/report.js";
import { byCause } from "./checking/causes.js";
import { byRow } from "./checking/rows.js";
import { byTable, openCell } from "./checking/table.js";
import { element } from "./elements.js";
import { Problem } from "./problem.js";
import { form, settings, tell, words } from "./settings.js";

const VIEWS = { causes: byCause, rows: byRow, table: byTable };

const input = form.querySelector("input[type=file]");
const example = form.querySelector("#example");
for (const plain of form.querySelectorAll(".plain")) plain.remove();

const corrections = new Corrections();
const progress = new Progress(() => running?.abort());
const trouble = element("div", { class: "trouble", role: "alert", hidden: true });
const result = element("section", { class: "result", hidden: true, "aria-labelledby": "verdict" });
result.addEventListener("redraw", draw);
result.addEventListener("locate", ({ detail: problem }) => {
  view = "table";
  const id = openCell(problem);
  draw();
  document.getElementById(id)?.scrollIntoView({ block: "center", inline: "center" });
});
const actions = new Actions(corrections, { again: () => run(true), download, undo: () => corrections.clear() });
form.after(progress.element, trouble, result, actions.element);

let files = [];
let running;
let report;
let view = "causes";
let filters;

listen(form, input, (chosen) => {
  files = chosen;
  corrections.clear();
  run(false);
});

example.addEventListener("click", async (event) => {
  event.preventDefault();
  const response = await fetch(example.href);
  files = [new File([await response.blob()], decodeURIComponent(example.pathname.split("/").pop()))];
  corrections.clear();
  run(false);
});

corrections.listen(() => {
  actions.show(report);
  if (report) draw();
});

async function run(again) {
  running?.abort();
  const mine = (running = new AbortController());
  trouble.hidden = true;
  actions.element.hidden = true;
  if (!again) result.hidden = true;
  result.classList.add("old");
  const size = files.reduce((sum, file) => sum + file.size, 0);
  try {
    if (size > settings.most) {
      throw new Problem({ detail: tell(words.large, { size: Math.round(settings.most / 2 ** 20) }), mend: words.large_mend });
    }
    progress.start(files.map((file) => file.name).join(", "));
    const told = await check(files, corrections.list(), (step) => progress.show(step), mine.signal);
    report = new Report(told, corrections);
    corrections.settle();
    filters = new Filters(report, draw);
    if (view === "table" && !report.tables.length) view = "causes";
    progress.stop();
    show();
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    trouble.replaceChildren(element("p", {}, error.detail), element("p", {}, element("strong", {}, `${words.mend} `), error.mend));
    trouble.hidden = false;
    if (again) actions.show(report);
  } finally {
    if (running === mine) progress.stop();
    result.classList.remove("old");
  }
}

let place;
let tabs;

function show() {
  place = element("div", { class: "view" });
  tabs = Object.keys(VIEWS)
    .filter((name) => name !== "table" || report.tables.length)
    .map((name) =>
      element(
        "button",
        {
          type: "button",
          class: "tab",
          "data-view": name,
          click: () => {
            view = name;
            draw();
          },
        },
        words[`by_${name}`],
      ),
    );
  const verdict = element("h2", { id: "verdict", tabindex: "-1", class: report.isClean ? "clean" : "faulty" }, report.verdict());
  result.replaceChildren(verdict, element("p", { class: "note" }, report.counts()));
  if (report.problems.length) {
    result.append(filters.element, element("div", { class: "tabs", role: "group", "aria-label": words.view }, ...tabs), place);
    draw();
  }
  result.hidden = false;
  actions.show(report);
  verdict.focus({ preventScroll: true });
  result.scrollIntoView({ block: "start", behavior: "smooth" });
}

function draw() {
  for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
  const held = document.activeElement?.id;
  place.replaceChildren(...VIEWS[view](report, filters.apply(report.problems), corrections));
  // What was pressed is drawn anew: who works by keyboard stays where they are.
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

async function download(form, name) {
  trouble.hidden = true;
  try {
    const sent = name ? files.filter((file) => file.name === name) : files;
    const { blob, filename } = await fetchFile(sent, corrections.list(name), form);
    const link = element("a", { href: URL.createObjectURL(blob), download: filename ?? name ?? `report.${form}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble.replaceChildren(element("p", {}, error.detail), element("p", {}, element("strong", {}, `${words.mend} `), error.mend));
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "center" });
  }
}
