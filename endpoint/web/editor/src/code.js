// The query as code: what to write in Python, R and a shell to ask the same of this server.

import { besides, ENDPOINT } from "./address.js";

/** Languages in the order of their tabs; each makes a program of a query and its kind. */
export const LANGUAGES = { Python: python, R: r, curl };

/** Returns the address of this server's endpoint with parameters, and the dataset that the page asks. */
function endpoint(parameters = {}) {
  const all = new URLSearchParams([...Object.entries(parameters), ...besides()]).toString();
  // An apostrophe would end the word of a shell.
  return (all ? `${ENDPOINT}?${all}` : ENDPOINT).replaceAll("'", "%27");
}

function isTable(kind) {
  return kind !== "CONSTRUCT" && kind !== "DESCRIBE" && kind !== "ASK";
}

function python(query, kind) {
  const text = /\\|"""|"$/.test(query) ? JSON.stringify(query) : `"""\n${query.trim()}\n"""`;
  const address = (form) => `"${endpoint({ format: form })}&" + urlencode({"query": query})`;
  if (isTable(kind)) {
    return lines(
      "from urllib.parse import urlencode",
      "",
      "import pandas as pd",
      "",
      `query = ${text}`,
      `table = pd.read_csv(${address("csv")})`,
      "print(table)",
    );
  }
  if (kind === "ASK") {
    return lines(
      "import json",
      "from urllib.parse import urlencode",
      "from urllib.request import urlopen",
      "",
      `query = ${text}`,
      `answer = json.load(urlopen(${address("json")}))`,
      'print(answer["boolean"])',
    );
  }
  return lines(
    "from urllib.parse import urlencode",
    "",
    "from rdflib import Graph",
    "",
    `query = ${text}`,
    `graph = Graph().parse(${address("ttl")}, format="turtle")`,
    "print(graph.serialize())",
  );
}

function r(query, kind) {
  const dashes = fence(query, (mark) => `)${mark}"`);
  const form = isTable(kind) ? "csv" : kind === "ASK" ? "json" : "ttl";
  return lines(
    `query <- r"${dashes}(`,
    query.trim(),
    `)${dashes}"`,
    `address <- paste0("${endpoint({ format: form })}&query=", URLencode(query, reserved = TRUE))`,
    ...(isTable(kind)
      ? ["table <- read.csv(address, check.names = FALSE)", "print(table)"]
      : ["writeLines(readLines(address, warn = FALSE))"]),
  );
}

function curl(query, kind) {
  const accept = isTable(kind) ? "text/csv" : kind === "ASK" ? "application/sparql-results+json" : "text/turtle";
  let end = "SPARQL";
  while (query.split("\n").includes(end)) end += "_";
  return lines(
    `curl --fail-with-body -H 'Accept: ${accept}' --data-urlencode query@- '${endpoint()}' <<'${end}'`,
    query.trimEnd(),
    end,
  );
}

/** Returns as many dashes as keep a query from ending its own quotation. */
function fence(query, end) {
  let dashes = "";
  while (query.includes(end(dashes))) dashes += "-";
  return dashes;
}

function lines(...all) {
  return `${all.join("\n")}\n`;
}
