-- What became of each row (or call): the earlier ones held against the later export.
-- In: ${kind}_earlier and ${kind}_later (id, identity, content, start_us), unread_token (line, token), and span (first_us,
-- last_us): the first and last start of a call in the later export.
-- Out: ${kind}_match (earlier, later, state), each id of either side exactly once.

-- The same in every column: no identity is needed to know them.
CREATE TABLE ${kind}_same AS
WITH earlier AS (
  SELECT id, content, row_number() OVER (PARTITION BY content ORDER BY id) AS copy FROM ${kind}_earlier
),
later AS (
  SELECT id, content, row_number() OVER (PARTITION BY content ORDER BY id) AS copy FROM ${kind}_later
)
SELECT earlier.id AS earlier, later.id AS later FROM earlier JOIN later USING (content, copy);

CREATE TABLE ${kind}_left_earlier AS
SELECT id, identity, start_us FROM ${kind}_earlier WHERE id NOT IN (SELECT earlier FROM ${kind}_same);

CREATE TABLE ${kind}_left_later AS
SELECT id, identity FROM ${kind}_later WHERE id NOT IN (SELECT later FROM ${kind}_same);

-- How many share an identity, those with a twin counted in: one beside a twin may be anything.
CREATE TABLE ${kind}_sharing AS
WITH asked AS (
  SELECT identity FROM ${kind}_left_earlier WHERE identity IS NOT NULL
  UNION
  SELECT identity FROM ${kind}_left_later WHERE identity IS NOT NULL
),
known AS (
  SELECT identity, 1 AS earlier, 0 AS later FROM ${kind}_earlier WHERE identity IN (SELECT identity FROM asked)
  UNION ALL
  SELECT identity, 0 AS earlier, 1 AS later FROM ${kind}_later WHERE identity IN (SELECT identity FROM asked)
)
SELECT identity, sum(earlier) AS in_earlier, sum(later) AS in_later FROM known GROUP BY identity;

-- Identities that the later export does not have among its rows, but in a line that could not be read.
CREATE TABLE ${kind}_unread AS
WITH parts AS (
  SELECT DISTINCT identity, ${parts} AS part FROM ${kind}_left_earlier JOIN ${kind}_sharing USING (identity)
  WHERE in_later = 0 AND EXISTS (FROM unread_token)
),
wanted AS (SELECT identity, unnest(part) AS token, len(list_distinct(part)) AS parts FROM parts)
SELECT DISTINCT identity FROM (
  SELECT identity FROM wanted JOIN unread_token USING (token)
  GROUP BY identity, line, parts HAVING count(DISTINCT token) = parts
);

CREATE TABLE ${kind}_match AS
SELECT earlier, later, 'unchanged' AS state FROM ${kind}_same
UNION ALL
SELECT left_earlier.id, left_later.id, 'changed'
FROM ${kind}_left_earlier AS left_earlier
JOIN ${kind}_sharing USING (identity)
JOIN ${kind}_left_later AS left_later USING (identity)
WHERE in_earlier = 1 AND in_later = 1
UNION ALL
SELECT id, NULL, CASE
    WHEN in_later = 0 AND identity IN (SELECT identity FROM ${kind}_unread) THEN 'unread'
    WHEN in_later > 0 OR in_later IS NULL THEN 'undetermined'
    -- an export that does not reach a call cannot have removed it; a call without a time is not excused
    WHEN first_us IS NULL OR start_us NOT BETWEEN first_us AND last_us THEN 'not_covered'
    ELSE 'gone'
  END
FROM span, ${kind}_left_earlier LEFT JOIN ${kind}_sharing USING (identity)
WHERE NOT coalesce(in_earlier = 1 AND in_later = 1, FALSE)
UNION ALL
SELECT NULL, id, CASE WHEN in_earlier = 0 THEN 'new' ELSE 'undetermined' END
FROM ${kind}_left_later LEFT JOIN ${kind}_sharing USING (identity)
WHERE NOT coalesce(in_earlier = 1 AND in_later = 1, FALSE);
