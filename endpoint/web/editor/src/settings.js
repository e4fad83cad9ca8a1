// What the server hands over with the page: the base IRI, prefixes, words in the language of the page.

export const form = document.querySelector("[data-settings]");
export const settings = JSON.parse(form.dataset.settings);
export const words = settings.words;
export const language = document.documentElement.lang;

/** Returns words with their {places} filled. */
export function tell(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Returns a number as people of the page's language write it. */
export function number(value) {
  return value.toLocaleString(language, { maximumFractionDigits: 2 });
}
