-- For each entry with a place: how many calls of the whole record have a place that all, and only some, of its words name,
-- and how many calls have a place at all.
WITH places AS (
  SELECT $words AS words, count(*) AS calls FROM given WHERE place_text IS NOT NULL GROUP BY ALL
),
shared AS (
  SELECT listed.id, places.words, any_value(places.calls) AS calls, count(DISTINCT word) AS words_shared,
    any_value(len(list_distinct(listed.place))) AS words_named
  FROM (SELECT id, place, unnest(place) AS word FROM listed) AS listed
  JOIN (SELECT words, calls, unnest(words) AS word FROM places) AS places USING (word)
  GROUP BY listed.id, places.words
)
SELECT
  id,
  coalesce(sum(calls) FILTER (words_shared = words_named), 0)::BIGINT,
  coalesce(sum(calls) FILTER (words_shared < words_named), 0)::BIGINT,
  (SELECT coalesce(sum(calls), 0) FROM places)::BIGINT
FROM shared GROUP BY id;
