-- What of a slice is in use, and so stands in the graph. Given are temporary tables: wanted (id), what the atlas and other
-- slices mention; recorded (id), what records mention.

DROP TABLE IF EXISTS temp.in_use;
CREATE TEMPORARY TABLE in_use (id TEXT PRIMARY KEY) WITHOUT ROWID;

INSERT INTO in_use
WITH RECURSIVE
  -- Rules look below the disease of a record for one that the gene is associated with.
  below (id) AS (
    SELECT term.id FROM recorded CROSS JOIN term ON term.id = recorded.id WHERE term.kind = 'disease'
    UNION SELECT parent.term FROM parent JOIN below ON parent.parent = below.id WHERE parent.relation = 'is_a'
  ),
  found (id) AS (
    SELECT id FROM wanted
    UNION SELECT id FROM below
    -- What corresponds to a term of another vocabulary: a disease of MONDO, a gene of the mouse.
    UNION SELECT reference.term FROM wanted CROSS JOIN reference ON wanted.id = reference.other
          WHERE reference.match IN ('exact', 'orthologue')
    UNION SELECT parent.parent FROM parent JOIN found ON parent.term = found.id
    UNION SELECT successor.successor FROM successor JOIN found ON successor.term = found.id
  )
SELECT term.id FROM found CROSS JOIN term ON term.id = found.id;
