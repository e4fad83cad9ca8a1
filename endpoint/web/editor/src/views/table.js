// The table: YASGUI's own, in the words of the page, with links to this server.

import Yasgui from "@zazuko/yasgui";
import { escape } from "lodash-es";

import { element } from "../elements.js";
import { page, shorten } from "../names.js";
import { words } from "../settings.js";
import { labelOf } from "../terms.js";

const Base = Yasgui.Yasr.plugins.table;

const SIZES = [50, 100, 1000, -1];

Object.assign(Base.defaults.tableConfig.language, {
  info: words.shown,
  infoEmpty: "",
  infoFiltered: words.filtered,
  zeroRecords: words.none,
  paginate: { first: "«", previous: "‹", next: "›", last: "»" },
  aria: { paginate: { first: words.first, previous: words.previous, next: words.next, last: words.last } },
});

export default class Table extends Base {
  label = words.table;
  helpReference = undefined;

  getIcon() {}

  getColumns() {
    // What is filtered and sorted is text, never markup; things are found by their names, too.
    const plain = (term) => escape([term.value, labelOf(term.value)].filter(Boolean).join(" "));
    return super.getColumns().map((column) => ({
      ...column,
      render: (term, use, ...rest) =>
        term?.value !== undefined && (use === "filter" || use === "sort") ? plain(term) : column.render(term, use, ...rest),
    }));
  }

  getUriLinkFromBinding({ value }) {
    const shown = shorten(value);
    const kind = shown === value ? "iri" : "iri short";
    const link = `<a class="${kind}" href="${escape(page(value))}" title="${escape(value)}">${escape(shown)}</a>`;
    const label = labelOf(value);
    return label ? `${link} <span class="note">${escape(label)}</span>` : link;
  }

  formatLiteral(literal) {
    const language = literal["xml:lang"];
    return language ? `<span lang="${escape(language)}">${escape(literal.value)}</span>` : escape(literal.value);
  }

  drawControls() {
    this.removeControls();
    this.tableFilterField = element("input", { type: "search", placeholder: words.filter, "aria-label": words.filter });
    this.tableFilterField.addEventListener("input", this.handleTableSearch);
    this.tableControls = element("div", { class: "controls" }, this.tableFilterField);
    if (this.yasr.results.getBindings().length > SIZES[0]) {
      const options = SIZES.map((size) =>
        element("option", { value: size, selected: this.dataTable.page.len() === size }, size > 0 ? `${size}` : words.all),
      );
      this.tableSizeField = element("select", {}, ...options);
      this.tableSizeField.addEventListener("change", this.handleTableSizeSelect);
      this.tableControls.append(element("label", {}, words.page_size, this.tableSizeField));
    }
    this.yasr.pluginControls.append(this.tableControls);
  }
}
