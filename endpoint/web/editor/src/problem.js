// Why there is no answer, as the server tells it.

/** Why there is no answer: `detail`, what to do (`mend`), and `line` and `column` of a query that cannot be read. */
export class Problem extends Error {
  constructor({ detail, mend, line, column }) {
    super(detail);
    Object.assign(this, { detail, mend, line, column });
  }
}
