-- A slice: what is kept of one release of a vocabulary. Identifiers are CURIEs of ontology/prefixes.json.

CREATE TABLE release (property TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- name (also that of the named graph), title, version, date, licence, licence_url, source, homepage

CREATE TABLE file (name TEXT PRIMARY KEY, part TEXT NOT NULL, date TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL) WITHOUT ROWID;
-- the files that the slice was made of

CREATE TABLE term (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,      -- gene, disease, muscle, stain, technique, finding, species; class: whatever else stands above them
  label_en TEXT NOT NULL,
  label_fr TEXT,
  status TEXT NOT NULL     -- active, or withdrawn: what the publisher has taken back and links must no longer name
) WITHOUT ROWID;

CREATE TABLE name (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL,       -- the text, folded (muscle_atlas.folding)
  text TEXT NOT NULL,
  term TEXT NOT NULL,
  tier TEXT NOT NULL,      -- label; synonym; alias (of a gene); previous (a former symbol or label); broad: covers several terms
  language TEXT            -- en, fr; none for symbols
);
CREATE INDEX name_key ON name (key);
CREATE INDEX name_term ON name (term);

CREATE TABLE parent (term TEXT NOT NULL, parent TEXT NOT NULL, relation TEXT NOT NULL, PRIMARY KEY (term, parent, relation)) WITHOUT ROWID;
-- relation: is_a, part_of

CREATE TABLE reference (term TEXT NOT NULL, other TEXT NOT NULL, match TEXT NOT NULL, PRIMARY KEY (term, other, match)) WITHOUT ROWID;
CREATE INDEX reference_other ON reference (other);
-- match: exact, close, broad (other is broader than term), narrow, related, orthologue

CREATE TABLE successor (term TEXT NOT NULL, successor TEXT NOT NULL, manner TEXT NOT NULL, PRIMARY KEY (term, successor)) WITHOUT ROWID;
-- where a withdrawn term leads; manner as the publisher says it: merged, moved, referred, replaced, considered

CREATE TABLE association (gene TEXT NOT NULL, disease TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (gene, disease, kind)) WITHOUT ROWID;
-- kind and status in the words of Orphanet

CREATE VIRTUAL TABLE typed USING fts5 (key, content = 'name', content_rowid = 'number', tokenize = 'unicode61', prefix = '2 3 4');
CREATE VIRTUAL TABLE alike USING fts5 (key, content = 'name', content_rowid = 'number', tokenize = 'trigram', detail = 'none');
