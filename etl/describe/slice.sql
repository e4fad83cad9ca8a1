-- What a slice says of its terms in use (in_use.sql), one triple a row: subject and predicate as CURIEs, object, and
-- whether the object is a term, a text in a language, a text in none, or a boolean. The temporary table used (id) has the
-- terms in use of all slices. CROSS JOIN keeps the order: the few terms in use come first.

SELECT id AS s, 'rdfs:label' AS p, label_en AS o, 'en' AS kind FROM temp.in_use CROSS JOIN term USING (id)
UNION ALL
SELECT id, 'rdfs:label', label_fr, 'fr' FROM temp.in_use CROSS JOIN term USING (id) WHERE label_fr IS NOT NULL
UNION ALL
SELECT term.id, CASE tier WHEN 'previous' THEN 'skos:hiddenLabel' ELSE 'skos:altLabel' END, text, coalesce(language, 'none')
  FROM temp.in_use CROSS JOIN term USING (id) CROSS JOIN name ON name.term = term.id
  WHERE tier IN ('synonym', 'alias', 'previous') AND text NOT IN (label_en, coalesce(label_fr, ''))
UNION ALL
SELECT term, CASE relation WHEN 'part_of' THEN 'obo:BFO_0000050' ELSE 'rdfs:subClassOf' END, parent, 'term'
  FROM temp.in_use CROSS JOIN parent ON parent.term = in_use.id
UNION ALL
-- In orthology relationship with: RO_HOM0000017.
SELECT term, CASE match WHEN 'orthologue' THEN 'obo:RO_HOM0000017' ELSE 'skos:' || match || 'Match' END, other, 'term'
  FROM temp.in_use CROSS JOIN reference ON reference.term = in_use.id
UNION ALL
-- The same, seen from a term of another slice. Orthologues are told of genes of animals only.
SELECT other, 'skos:' || CASE match WHEN 'broad' THEN 'narrow' WHEN 'narrow' THEN 'broad' ELSE match END || 'Match', term, 'term'
  FROM temp.in_use CROSS JOIN reference ON reference.term = in_use.id JOIN temp.used ON used.id = reference.other
  WHERE match != 'orthologue'
UNION ALL
-- The other IRI that identifiers.org has for a gene.
SELECT id, 'skos:exactMatch', 'hgnc.id:' || substr(id, length('HGNC:') + 1), 'term' FROM temp.in_use WHERE id GLOB 'HGNC:*'
UNION ALL
SELECT id, 'owl:deprecated', 'true', 'boolean' FROM temp.in_use CROSS JOIN term USING (id) WHERE status = 'withdrawn'
UNION ALL
SELECT term, 'dcterms:isReplacedBy', successor, 'term' FROM temp.in_use CROSS JOIN successor ON successor.term = in_use.id
