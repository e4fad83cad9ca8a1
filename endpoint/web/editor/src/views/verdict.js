// The answer to ASK.

import { element } from "../elements.js";
import { words } from "../settings.js";

export default class Verdict {
  label = words.verdict;
  priority = 30;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return typeof this.yasr.results?.getBoolean() === "boolean";
  }

  draw() {
    this.yasr.resultsEl.append(element("p", { class: "verdict" }, this.yasr.results.getBoolean() ? words.yes : words.no));
  }
}
