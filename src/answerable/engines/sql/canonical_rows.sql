-- The rows of a canonical file by number, each merged call with the row it was merged into: -1 where that cannot be
-- told, NULL for every other call.
WITH given AS (
  SELECT *, file_row_number AS n FROM read_parquet($parquet, file_row_number = true)
),
target AS (  -- a call number that stands twice identifies nothing
  SELECT call_id, min(n) AS n FROM given WHERE call_id IS NOT NULL GROUP BY call_id HAVING count(*) = 1
)
SELECT
  given.*,
  CASE WHEN given.disposition = 'duplicate' OR given.duplicate_of IS NOT NULL THEN coalesce(target.n, -1) END
    AS merged_into
FROM given
LEFT JOIN target ON given.duplicate_of = target.call_id AND given.n <> target.n
