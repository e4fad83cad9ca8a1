"use strict";
// Without scripts the page shows every problem; with them, those that are asked for.
const filter = document.getElementById("filter");
if (filter) {
  const chosen = (name) => document.getElementById(name)?.value ?? "";
  const show = () => {
    let matching = 0;
    for (const file of document.querySelectorAll("section.file")) {
      const fits = ["", file.dataset.file].includes(chosen("file"));
      let here = 0;
      for (const problem of file.querySelectorAll("article")) {
        problem.hidden = !(
          fits &&
          ["", problem.dataset.severity].includes(chosen("severity")) &&
          ["", problem.dataset.rule].includes(chosen("rule"))
        );
        here += problem.hidden ? 0 : 1;
      }
      file.hidden = here === 0;
      matching += here;
    }
    document.getElementById("matching").textContent = matching;
  };
  filter.hidden = false;
  filter.addEventListener("change", show);
  // A browser that comes back keeps what was chosen.
  show();
  // What a link of the summary leads to is shown, whatever was chosen before.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.hidden || target?.closest("section.file")?.hidden) {
      for (const select of filter.querySelectorAll("select")) select.value = "";
      show();
      target.scrollIntoView();
    }
  });
}
