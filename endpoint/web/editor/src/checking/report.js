// A report: its problems, the rows that they are of, and what is to be said of the whole.

import { number, tell, words } from "../settings.js";

export const SEVERITIES = ["violation", "warning", "info"];

export default class Report {
  constructor(told, corrections) {
    this.told = told;
    this.corrections = corrections;
    this.problems = told.problems.map((problem, place) => ({ ...problem, place, name: problem.rule.split("/").pop() }));
    this.tables = told.tables ?? [];
    this.isRdf = "triples" in told;
    this.cells = new Map();
    for (const { file, headings, rows } of this.tables) {
      for (const [row, cells] of rows) this.cells.set(`${file}:${row}`, { headings, cells });
    }
  }

  get isClean() {
    return !this.count("violation") && !this.count("warning");
  }

  count(severity) {
    return this.problems.filter((problem) => problem.severity === severity).length;
  }

  /** Returns what the whole comes to, in a sentence. */
  verdict() {
    if (this.isRdf) return this.count("violation") ? words.rdf_faulty : words.rdf_clean;
    const { images, rejected } = this.told;
    if (rejected) return tell(words.rows_left_out, { rejected: number(rejected), rows: number(images + rejected) });
    if (this.count("violation")) return words.unreadable;
    return tell(this.isClean ? words.clean : words.publishable, { images: number(images) });
  }

  counts() {
    const seconds = this.told.seconds?.total;
    const told = this.isRdf ? [tell(words.triples, { triples: number(this.told.triples) })] : [];
    if (seconds !== undefined && seconds !== null) told.push(tell(words.seconds, { seconds: number(seconds) }));
    return told.join(" · ");
  }

  /** Returns what a cell held when it was checked last. */
  held({ file, row, column, value }) {
    const found = this.cells.get(`${file}:${row}`);
    const text = found?.cells[found.headings.indexOf(column)];
    return text ?? value ?? "";
  }

  /** Tells whether the cell of a problem can be written. */
  canCorrect({ file, row, column }) {
    if (this.isRdf || !file || !row || !column) return false;
    const found = this.cells.get(`${file}:${row}`);
    return !found || found.headings.includes(column);
  }
}
