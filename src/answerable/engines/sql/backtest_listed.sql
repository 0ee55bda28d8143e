-- The calls whose two judgements are not word for word the same, in the order of being told.
SELECT
  $before, $after,
  source.call_id, source.row_key, epoch_us($told) AS told_us, source.district, source.beat,
  coalesce(source.type_final_text, source.type_final, source.type_initial_text, source.type_initial, '') AS type,
  coalesce(source.priority_initial_raw, source.priority_final_raw, '') AS priority,
  before.dispatched_s
FROM $judged
JOIN (SELECT *, file_row_number AS n FROM read_parquet($parquet, file_row_number = true)) AS source
  ON source.n = before.n
WHERE ($before) IS DISTINCT FROM ($after)
ORDER BY told_us NULLS LAST, before.n
