// Example queries: a menu of the questions that the server has ready, if it has any.

import { element } from "./elements.js";
import { language, settings, words } from "./settings.js";

/** Returns the menu, undefined where there are no examples; `choose` is called with the query of the chosen one. */
export async function examples(choose) {
  if (!settings.examples) return undefined;
  const response = await fetch(settings.examples, { headers: { Accept: "application/json" } });
  if (!response.ok) return undefined;
  const told = await response.json();
  const queries = (Array.isArray(told) ? told : told.queries).filter((example) => example.query);
  const options = queries.map((example, place) => element("option", { value: place }, summary(example)));
  const menu = element("select", {}, element("option", { value: "" }, words.choose), ...options);
  menu.addEventListener("change", () => menu.value !== "" && choose(queries[menu.value].query));
  return queries.length ? element("label", { class: "examples" }, words.examples, menu) : undefined;
}

function summary({ summary: told, name }) {
  return (typeof told === "string" ? told : (told?.[language] ?? told?.en)) ?? name;
}
