-- The places and kinds of call of a record with their words, and what of a list's words any call has at all.
-- `given` holds the calls, `told_of` the entries; `words(text)` and `ways(text)` are macros (engines/listed_calls.py).

CREATE TEMP TABLE places AS
SELECT place_text, words(place_text) AS names, ways(place_text) AS ways, calls
FROM (SELECT place_text, count(*) AS calls FROM given WHERE place_text IS NOT NULL GROUP BY ALL);

CREATE TEMP TABLE kinds AS
SELECT type_text, words(type_text) AS names FROM (SELECT DISTINCT type_text FROM given WHERE type_text IS NOT NULL);

-- A word that no call of the record has tells none of them apart. Where no word is known, a place is another one than
-- any in the record, and that says something; a kind of call is in words of somebody's own, and says nothing.
CREATE TEMP TABLE listed AS
WITH own AS (SELECT id, words(place) AS place, ways(place) AS ways, words(type) AS type FROM told_of),
known_place AS (
  SELECT id, list(word) AS words
  FROM (SELECT id, unnest(place) AS word FROM own) SEMI JOIN (SELECT unnest(names) AS word FROM places) USING (word)
  GROUP BY id
),
known_kind AS (
  SELECT id, list(word) AS words
  FROM (SELECT id, unnest(type) AS word FROM own) SEMI JOIN (SELECT unnest(names) AS word FROM kinds) USING (word)
  GROUP BY id
)
SELECT told_of.* EXCLUDE (place, type), coalesce(known_place.words, own.place) AS place, own.ways,
  coalesce(known_kind.words, []) AS type
FROM told_of JOIN own USING (id) LEFT JOIN known_place USING (id) LEFT JOIN known_kind USING (id);

-- Only the hours that some entry is about come any further.
CREATE TEMP TABLE near_calls AS
SELECT CASE WHEN count(*) OVER (PARTITION BY key) > 1 THEN row_key ELSE key END AS key,
  told_us, beat, district, coalesce(places.names, []) AS place, coalesce(places.ways, []) AS ways,
  coalesce(kinds.names, []) AS type
FROM given
SEMI JOIN hours ON told_us // 3600000000 = hours.hour
LEFT JOIN places USING (place_text)
LEFT JOIN kinds USING (type_text);
