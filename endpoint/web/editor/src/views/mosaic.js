// The mosaic: a card for each photograph of an answer, with its thumbnail and what the row tells of it.

import { element } from "../elements.js";
import { file, isImage, isPicture, page, shorten } from "../names.js";
import { language, tell, words } from "../settings.js";
import { labelOf } from "../terms.js";

const AT_ONCE = 60;

export default class Mosaic {
  label = words.mosaic;
  priority = 20;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    // Triples that speak of photographs are no list of photographs.
    return this.yasr.exact !== undefined && this.column() !== undefined;
  }

  /** Returns the first column that holds photographs, and nothing else. */
  column() {
    const rows = this.yasr.results?.getBindings() ?? [];
    return this.yasr.results?.getVariables().find((name) => {
      const bound = rows.filter((row) => row[name]);
      return bound.length > 0 && bound.every((row) => isImage(row[name]));
    });
  }

  async draw() {
    const cards = this.cards(this.column());
    const list = element("ul", { class: "mosaic" });
    const more = element("button", { type: "button", class: "quiet" });
    this.yasr.resultsEl.append(list, element("p", { class: "more" }, more));
    const proceed = async () => {
      const next = cards.splice(0, AT_ONCE);
      const pictures = await fetchPictures(next.map((card) => card.image));
      list.append(...next.map((card) => draw(card, pictures[card.image])));
      more.textContent = tell(words.more, { rest: cards.length });
      more.hidden = cards.length === 0;
    };
    more.addEventListener("click", proceed);
    await proceed();
  }

  /** Returns a card for each photograph; what several rows say of one stands on the same card. */
  cards(column) {
    const cards = new Map();
    for (const row of this.yasr.results.getBindings()) {
      if (!row[column]) continue;
      const image = row[column].value;
      const card = cards.get(image) ?? { image, told: new Map() };
      cards.set(image, card);
      for (const name of this.yasr.results.getVariables()) {
        if (name === column || !row[name] || isImage(row[name])) continue;
        card.told.set(name, (card.told.get(name) ?? new Set()).add(text(row[name])));
      }
    }
    return [...cards.values()];
  }
}

async function fetchPictures(images) {
  const found = Object.fromEntries(images.filter(isPicture).map((image) => [image, { thumbnail: file(image), alt: "" }]));
  const wanted = images.filter((image) => !isPicture(image));
  if (!wanted.length) return found;
  const asked = new URLSearchParams(wanted.map((image) => ["image", image]));
  asked.set("lang", language);
  const response = await fetch(`/api/pictures?${asked}`);
  // A card without its thumbnail still tells what it stands for.
  return response.ok ? { ...found, ...(await response.json()) } : found;
}

function draw({ image, told }, picture) {
  const shown = picture
    ? element("img", { src: picture.thumbnail, alt: picture.alt, loading: "lazy" })
    : element("span", { class: "empty" }, words.no_picture);
  const facts = [...told].map(([name, values]) =>
    element("span", { class: "fact" }, element("span", { class: "note" }, name), ` ${[...values].join(", ")}`),
  );
  const href = isPicture(image) ? file(image) : page(image);
  const name = isPicture(image) ? "" : element("span", { class: "name" }, shorten(image).replace(/^image\//, ""));
  return element("li", {}, element("a", { href }, shown, name, ...facts));
}

function text(term) {
  return term.type === "uri" ? (labelOf(term.value) ?? shorten(term.value)) : term.value;
}
