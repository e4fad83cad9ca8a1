// Example queries: a menu of the questions that the server has ready, by their first tag, if it has any.

import { element } from "./elements.js";
import { language, settings, words } from "./settings.js";

/** Returns the menu, undefined where there are no examples; `choose` is called with the query of the chosen one. */
export async function examples(choose) {
  if (!settings.examples) return undefined;
  const response = await fetch(settings.examples, { headers: { Accept: "application/json" } });
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
