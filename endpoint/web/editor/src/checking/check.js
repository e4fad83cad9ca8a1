// Sending files to be checked, and reading what comes of it while it comes.

import { Problem } from "../problem.js";
import { language, words } from "../settings.js";

const ADDRESS = "/api/validate";

function body(files, corrections) {
  const sent = new FormData();
  for (const file of files) sent.append("file", file, file.name);
  if (corrections.length) sent.append("corrections", JSON.stringify(corrections));
  return sent;
}

/**
 * Has files checked, with cells corrected first.
 * @param {File[]} files
 * @param {object[]} corrections
 * @param {(step: {phase: string, done: number, total: number}) => void} tell how far it is, the way there included
 * @param {AbortSignal} signal ends it, at the server, too
 * @returns {Promise<object>} the report
 * @throws {Problem}
 */
export function check(files, corrections, tell, signal) {
  return new Promise((resolve, reject) => {
    // Not by fetch, which tells nothing of a file on its way.
    const asking = new XMLHttpRequest();
    asking.open("POST", `${ADDRESS}?${new URLSearchParams({ format: "ndjson", rows: "true", lang: language })}`);
    signal.addEventListener("abort", () => asking.abort());
    asking.upload.onprogress = ({ loaded, total }) => tell({ phase: "send", done: loaded, total });
    let read = 0;
    asking.onprogress = () => {
      if (asking.status !== 200) return;
      for (let end; (end = asking.responseText.indexOf("\n", read)) >= 0; read = end + 1) {
        const line = JSON.parse(asking.responseText.slice(read, end));
        if (line.report) resolve(line.report);
        else if (line.problem) reject(new Problem(line.problem));
        else tell(line);
      }
    };
    asking.onload = () => {
      asking.onprogress();
      reject(new Problem(asking.status === 200 ? lost() : problem(asking.responseText)));
    };
    asking.onerror = () => reject(new Problem(lost()));
    asking.onabort = () => reject(signal.reason);
    asking.send(body(files, corrections));
  });
}

/**
 * Fetches a report in another form, or the corrected file.
 * @throws {Problem}
 */
export async function fetchFile(files, corrections, form) {
  let response;
  try {
    const asked = new URLSearchParams({ format: form, lang: language });
    response = await fetch(`${ADDRESS}?${asked}`, { method: "POST", body: body(files, corrections) });
  } catch {
    throw new Problem(lost());
  }
  if (!response.ok) throw new Problem(problem(await response.text()));
  const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "");
  return { blob: await response.blob(), filename: named && decodeURIComponent(named[1]) };
}

function lost() {
  return { detail: words.unreachable, mend: words.again_mend };
}

function problem(text) {
  try {
    return JSON.parse(text);
  } catch {
    return lost();
  }
}
