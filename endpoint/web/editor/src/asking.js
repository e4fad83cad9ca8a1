// Asking the endpoint: one query at a time, to be stopped at any moment, and told in full where it fails.

import { besides, ENDPOINT } from "./address.js";
import { Problem } from "./problem.js";
import { language, tell, words } from "./settings.js";

// Characters that a browser can show without becoming slow; whatever is larger is for programs.
const MOST = 32 * 2 ** 20;

/**
 * Asks a query.
 * @param {string} query
 * @param {string} accept media types that are wanted
 * @param {AbortSignal} signal stops the query, at the server, too
 * @returns {Promise<{text: string, type: string, seconds: number, isPortion: boolean}>} the last, whether there are more rows
 * @throws {Problem}
 */
export async function ask(query, accept, signal) {
  const began = performance.now();
  let response;
  try {
    response = await fetch(`${ENDPOINT}?${new URLSearchParams([["lang", language], ...besides()])}`, {
      method: "POST",
      headers: { Accept: accept },
      body: new URLSearchParams({ query }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem({ detail: words.unreachable, mend: words.again });
  }
  if (!response.ok) throw new Problem(await problem(response));
  const text = await read(response, signal);
  return {
    text,
    type: response.headers.get("content-type") ?? "",
    seconds: (performance.now() - began) / 1000,
    isPortion: response.headers.get("x-muscle-atlas-rows")?.endsWith("more") ?? false,
  };
}

async function problem(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { detail: `${response.status} ${text || response.statusText}`, mend: words.again };
  }
}

async function read(response, signal) {
  const parts = [];
  let length = 0;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts.join("");
      parts.push(value);
      length += value.length;
      if (length > MOST) break;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // The server breaks a transfer off where it reaches a limit: half an answer is none.
    throw new Problem({ detail: words.broken, mend: words.again });
  }
  await reader.cancel();
  throw new Problem({ detail: tell(words.large, { size: MOST / 2 ** 20 }), mend: words.large_mend });
}
