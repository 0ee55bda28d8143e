-- Every call with the row that stands for its kind, and the seconds from its start to the dispatch, the arrival and the
-- contact, each only where it is certain to within $widest microseconds: as in evaluate_judged.sql.
COPY (
  WITH moments AS (
    SELECT
      every.n,
      every.kind_n,
      CASE
        WHEN every.received_us IS NOT NULL AND told.received_earlier IS NOT NULL
          THEN every.received_us - told.received_earlier
        ELSE coalesce(every.received_us, $origin_us) + $start_n::BIGINT * $unit_us - told.other_earlier
      END AS start_us,
      coalesce(CASE WHEN came.n IS NULL THEN every.received_us ELSE came.received_us END, $origin_us) AS came_us,
      coalesce(every.received_us, $origin_us) AS own_us,
      CASE WHEN came.n IS NULL THEN every.dispatched_n ELSE came.dispatched_n END::BIGINT AS dispatched_n,
      CASE WHEN came.n IS NULL THEN every.arrived_n ELSE came.arrived_n END::BIGINT AS arrived_n,
      every.contact_n::BIGINT AS contact_n,
      CASE WHEN came.n IS NULL THEN told.dispatched_earlier ELSE sent.dispatched_earlier END AS dispatched_earlier,
      CASE WHEN came.n IS NULL THEN told.dispatched_later ELSE sent.dispatched_later END AS dispatched_later,
      CASE WHEN came.n IS NULL THEN told.arrived_earlier ELSE sent.arrived_earlier END AS arrived_earlier,
      CASE WHEN came.n IS NULL THEN told.arrived_later ELSE sent.arrived_later END AS arrived_later,
      told.contact_earlier,
      told.contact_later
    FROM ($every) AS every
    JOIN slack AS told ON told.code = every.state
    LEFT JOIN merged_row AS came ON came.n = every.merged_into
    LEFT JOIN slack AS sent ON sent.code = came.state
  )
  SELECT
    n, kind_n, false AS by_itself,
    CASE WHEN dispatched_earlier + dispatched_later <= $widest
      THEN (came_us + dispatched_n * $unit_us - dispatched_earlier - start_us) // 1000000 END AS dispatched_s,
    CASE WHEN arrived_earlier + arrived_later <= $widest
      THEN (came_us + arrived_n * $unit_us - arrived_earlier - start_us) // 1000000 END AS arrived_s,
    CASE WHEN contact_earlier + contact_later <= $widest
      THEN (own_us + contact_n * $unit_us - contact_earlier - start_us) // 1000000 END AS contact_s
  FROM moments
  UNION ALL
  SELECT n, n AS kind_n, true AS by_itself, NULL, NULL, NULL FROM apart
  ORDER BY n
) TO $out (FORMAT parquet, COMPRESSION zstd);
