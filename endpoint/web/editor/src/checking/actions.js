// What can be done with a report: check again with what was corrected, and take files away.

import { element } from "../elements.js";
import { number, settings, tell, words } from "../settings.js";

export default class Actions {
  constructor(corrections, { again, download, undo }) {
    this.corrections = corrections;
    this.download = download;
    this.count = element("span", { role: "status" });
    this.again = element("button", { type: "button", id: "again", click: again }, words.again);
    this.undo = element("button", { type: "button", class: "quiet", click: undo }, words.undo_all);
    this.files = element("span", { class: "files" });
    this.forms = element("span", { class: "downloads" }, words.report_as);
    for (const form of settings.forms) {
      this.forms.append(
        " ",
        element("button", { type: "button", class: "link", "data-form": form, click: () => download(form) }, words[`form_${form}`] ?? form.toUpperCase()),
      );
    }
    const bar = element("div", { class: "bar" }, this.count, this.again, this.files, this.undo);
    this.bar = bar;
    this.element = element("div", { class: "actions", hidden: true, role: "group", "aria-label": words.actions }, bar, this.forms);
  }

  show(report) {
    const { size, pending } = this.corrections;
    this.element.hidden = !report;
    this.bar.hidden = !size && !pending;
    this.count.textContent = tell(size === 1 ? words.corrected_one : words.corrected, { count: number(size) });
    this.again.hidden = !pending;
    this.again.textContent = words.again;
    this.undo.hidden = !size;
    const names = new Set(this.corrections.list().map(({ file }) => file.replace(/(\.\w+)#.*$/, "$1")));
    this.files.replaceChildren(
      ...[...names].map((name) =>
        element(
          "button",
          { type: "button", class: "quiet save", click: () => this.download("corrected", name) },
          tell(words.download, { file: name }),
        ),
      ),
    );
  }
}
