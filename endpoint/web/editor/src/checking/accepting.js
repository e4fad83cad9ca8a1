// What may be written in a cell: suggestions to be pressed, a field to write in, and the way back.

import { element } from "../elements.js";
import { tell, words } from "../settings.js";
import { replace } from "./corrections.js";

/**
 * Returns what corrects the cells of problems that have one cause, all of them at once.
 * @param {string} id begins the ids of what can be pressed, so that the focus is found again
 */
export function accepting(problems, report, corrections, id) {
  const cells = problems.filter((problem) => report.canCorrect(problem));
  if (!cells.length) return undefined;
  const [first] = cells;
  const known = corrections.of(first);
  const place = element("div", { class: "accepting" });
  if (known) {
    const undo = { type: "button", class: "quiet undo", id: `${id}-undo`, click: () => corrections.remove(cells) };
    place.append(
      element("span", { class: "corrected" }, element("s", {}, known.old || "∅"), " → ", element("b", {}, known.new || "∅")),
      element("button", undo, words.undo),
    );
    if (!corrections.isPending(first)) place.append(element("span", { class: "note" }, words.still));
  }
  const write = (text, part) =>
    corrections.set(
      cells.map((problem) => {
        const held = corrections.of(problem)?.new ?? report.held(problem);
        return { place: problem, held: report.held(problem), text: part ? replace(held, problem.value, text) : text };
      }),
    );
  if (!known || !corrections.isPending(first)) {
    for (const [number, text] of first.corrections.entries()) {
      const press = { type: "button", class: "suggestion", id: `${id}-${number}`, click: () => write(text, true) };
      place.append(element("button", press, text));
    }
  }
  // Where nothing is known that fits all of them, each wants its own.
  if (cells.length === 1 || first.corrections.length) {
    place.append(writing(known?.new ?? report.held(first), (text) => write(text, false), id, cells.length));
  }
  return place;
}

function writing(held, write, id, count) {
  const open = element("button", { type: "button", class: "quiet other", id: `${id}-other` }, words.write);
  open.addEventListener("click", () => {
    const field = element("input", { type: "text", value: held, "aria-label": words.cell_text, spellcheck: "false" });
    const send = element("button", { type: "submit" }, count > 1 ? tell(words.write_all, { count }) : words.write_one);
    const typed = element("form", { class: "writing" }, field, send);
    typed.addEventListener("submit", (event) => {
      event.preventDefault();
      write(field.value.trim());
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      typed.replaceWith(open);
      open.focus();
    });
    open.replaceWith(typed);
    field.focus();
    field.select();
  });
  return open;
}
