-- For each entry with a place: how many calls of the whole record have a place that agrees wholly, and only in part, and
-- how many calls have a place at all.
WITH shared AS (
  SELECT DISTINCT listed.id, places.place_text
  FROM (SELECT id, unnest(place) AS word FROM listed) AS listed
  JOIN (SELECT place_text, unnest(names) AS word FROM places) AS places USING (word)
),
levels AS (
  SELECT id, calls, place_level(listed.place, listed.ways, places.names, places.ways) AS level
  FROM shared JOIN listed USING (id) JOIN places USING (place_text)
)
SELECT
  id,
  coalesce(sum(calls) FILTER (level = 2), 0)::BIGINT,
  coalesce(sum(calls) FILTER (level = 1), 0)::BIGINT,
  (SELECT coalesce(sum(calls), 0) FROM places)::BIGINT
FROM levels GROUP BY id;
