// Which problems are shown: by severity, and by what is written in them.

import { element } from "../elements.js";
import { number, words } from "../settings.js";
import { SEVERITIES } from "./report.js";

export default class Filters {
  #hidden = new Set();
  #text = "";

  constructor(report, draw) {
    const chips = SEVERITIES.filter((severity) => report.count(severity)).map((severity) => {
      const chip = element(
        "button",
        { type: "button", class: `chip ${severity}`, "aria-pressed": "true" },
        `${number(report.count(severity))} ${words[severity === "violation" ? "violations" : severity === "warning" ? "warnings" : "infos"]}`,
      );
      chip.addEventListener("click", () => {
        const shown = this.#hidden.has(severity);
        if (shown) this.#hidden.delete(severity);
        else this.#hidden.add(severity);
        chip.setAttribute("aria-pressed", String(shown));
        draw();
      });
      return chip;
    });
    const search = element("input", { type: "search", placeholder: words.search, "aria-label": words.search });
    search.addEventListener("input", () => {
      this.#text = search.value.trim().toLowerCase();
      draw();
    });
    this.element = element("div", { class: "filters", role: "group", "aria-label": words.filter }, ...chips, search);
  }

  apply(problems) {
    return problems.filter((problem) => !this.#hidden.has(problem.severity) && this.#matches(problem));
  }

  #matches({ file, row, column, value, name, message, focus }) {
    if (!this.#text) return true;
    return [file, row, column, value, name, message, focus].some((part) => String(part ?? "").toLowerCase().includes(this.#text));
  }
}
