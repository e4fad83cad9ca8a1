// How far a check is.

import { element } from "../elements.js";
import { number, words } from "../settings.js";

const PHASES = ["send", "wait", "correct", "read", "resolve", "describe", "load", "validate"];

export default class Progress {
  constructor(stop) {
    this.name = element("span", { class: "name" });
    this.bar = element("progress", { max: PHASES.length, "aria-label": words.progress });
    this.phase = element("span", { class: "note", role: "status" });
    const button = element("button", { type: "button", class: "quiet", click: stop }, words.stop);
    this.element = element("div", { class: "progress", hidden: true }, this.name, this.bar, this.phase, button);
  }

  start(name) {
    this.name.textContent = name;
    this.bar.value = 0;
    this.phase.textContent = words.phase_send;
    this.element.hidden = false;
    this.element.scrollIntoView({ block: "nearest" });
  }

  show({ phase, done, total }) {
    const step = PHASES.indexOf(phase);
    // A second round of the same phases does not lead back.
    if (step >= 0) this.bar.value = Math.max(this.bar.value, step + (total ? done / total : 0.3));
    const counted = total && phase !== "send" ? ` ${number(done)} / ${number(total)}` : "";
    this.phase.textContent = (words[`phase_${phase}`] ?? words.phase_validate) + counted;
  }

  stop() {
    this.element.hidden = true;
  }
}
