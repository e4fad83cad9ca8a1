// The answer as the server wrote it.

import { element } from "../elements.js";
import { number, tell, words } from "../settings.js";

const MOST = 2000;

export default class Text {
  label = words.text;
  priority = 1;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return this.yasr.results !== undefined;
  }

  draw() {
    const lines = this.yasr.results.getOriginalResponseAsString().split("\n");
    this.yasr.resultsEl.append(element("pre", { tabindex: 0, "aria-label": words.text }, lines.slice(0, MOST).join("\n")));
    if (lines.length > MOST) {
      this.yasr.resultsEl.append(element("p", { class: "note" }, tell(words.text_cut, { lines: number(MOST) })));
    }
  }
}
