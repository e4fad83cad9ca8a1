// How a problem is shown: its severity, and the rule that tells it, which has a page.

import { element } from "../elements.js";
import { language, settings, words } from "../settings.js";

export function severity(problem) {
  return element("span", { class: `severity ${problem.severity}` }, words[problem.severity]);
}

export function link(problem) {
  const address = `/rule/${problem.name}?lang=${language}`;
  return element("a", { class: "name", href: address, target: "_blank", rel: "noopener" }, settings.rules[problem.name] ?? problem.name);
}

/** Returns a problem in a line or two, below the place that it is of. */
export function lines(problem) {
  return [
    element("p", {}, severity(problem), " ", problem.message, " ", link(problem)),
    problem.suggestion && element("p", { class: "advice" }, problem.suggestion),
  ];
}
