// Asks a query of a source by Comunica, and prints the answer as JSON: node ask.cjs SOURCE QUERY
const { QueryEngine } = require('@comunica/query-sparql');

async function main([source, query]) {
  const answer = await new QueryEngine().query(query, { sources: [source] });
  if (answer.resultType === 'boolean') return answer.execute();
  const found = await (await answer.execute()).toArray();
  if (answer.resultType === 'quads') return found.map(quad => [quad.subject.value, quad.predicate.value, quad.object.value]);
  return found.map(row => Object.fromEntries([...row].map(([variable, term]) => [variable.value, term.value])));
}

main(process.argv.slice(2)).then(
  answer => console.log(JSON.stringify(answer)),
  error => { console.error(error); process.exitCode = 1; },
);
