// Example queries: a menu of the questions that the server has ready, by their first tag.

import { element } from "./elements.js";
import { language, words } from "./settings.js";

/** Returns the menu, undefined where it cannot be had; `choose` is called with the query of the chosen one. */
export async function examples(choose) {
  const response = await fetch("/api/queries", { headers: { Accept: "application/json" } });
  if (!response.ok) return undefined;
  const { tags, queries } = await response.json();
  const groups = tags.map(({ name, label }) => {
    const own = queries.filter((question) => question.tags[0] === name);
    const options = own.map((question) => element("option", { value: question.name }, question.summary[language]));
    return options.length ? element("optgroup", { label: label[language] }, ...options) : undefined;
  });
  const menu = element("select", {}, element("option", { value: "" }, words.choose), ...groups);
  menu.addEventListener("change", () => {
    const chosen = queries.find((question) => question.name === menu.value);
    if (chosen) choose(chosen.query);
  });
  return element("label", { class: "examples" }, words.examples, menu);
}
