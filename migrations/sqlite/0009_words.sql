-- The index has the words that readers see, cut and folded by the program (`server/words.rs`), so that what is found can be marked,
-- and so that texts without spaces between their words can be found. A program that finds it empty fills it at its start.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  title, body, sender, facts,
  content = '', contentless_delete = 1, tokenize = 'ascii'
);
