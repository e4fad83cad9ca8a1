"""Release to answers: SPARQL, descriptions of every IRI, pages."""
