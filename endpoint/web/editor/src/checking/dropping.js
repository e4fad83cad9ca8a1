// Files that are dropped anywhere on the page, or chosen.

/** Calls a function with the files that somebody drops or chooses. */
export function listen(zone, input, take) {
  let depth = 0;
  const over = (inside) => zone.classList.toggle("over", inside);
  document.addEventListener("dragenter", (event) => {
    depth += 1;
    if (event.dataTransfer?.types.includes("Files")) over(true);
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) over(false);
  });
  // A file that falls beside the zone would take the place of the page.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    over(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) take(files);
  });
  input.addEventListener("change", () => {
    const files = [...input.files];
    // So that the same file, saved anew, can be chosen again.
    input.value = "";
    if (files.length) take(files);
  });
  zone.addEventListener("submit", (event) => event.preventDefault());
}
