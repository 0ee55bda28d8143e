-- Calls as they are compared, one row a call for which somebody waited and which repeats no other, with its hour.
-- A time that says nothing (quality) is NULL; a dispatch before the receipt says nothing either.
CREATE OR REPLACE TEMP TABLE comparable AS
SELECT
  n,
  told.told_us,
  told.told_us // 3600000000 AS hour,
  coalesce(source.call_id, source.row_key) AS key,
  coalesce(nullif(source.report_no, ''), source.call_id, source.row_key) AS incident,
  coalesce(source.priority_initial_raw, source.priority_final_raw, '') AS priority,
  coalesce(told.type_group, source.type_initial, source.type_final, '') AS type_group,
  coalesce(source.district, '') AS district,
  coalesce(source.beat, '') AS beat,
  CASE
    WHEN judged.dispatched_s >= 0 THEN judged.dispatched_s
    WHEN source.dispatched <> 'yes' AND judged.outcome IN ('answered', 'answered_late') AND judged.contact_s >= 0
      THEN judged.contact_s
  END AS wait_s,
  source.dispatched = 'no' AS never,
  CASE
    WHEN source.quality_closed & $unusable = 0 AND epoch_us(source.closed_at) >= told.told_us
      THEN (epoch_us(source.closed_at) - told.told_us) / 1e6
    WHEN $horizon >= told.told_us THEN ($horizon - told.told_us) / 1e6
  END AS ended_s,
  CASE
    WHEN judged.outcome IN ($late) THEN true
    WHEN judged.outcome IN ($not_late) THEN false
  END AS late,
  CASE
    WHEN (source.quality_answered | source.quality_received) & $unusable = 0
      AND source.answered_at >= source.received_at
      THEN (epoch_us(source.answered_at) - epoch_us(source.received_at)) / 1e6
  END AS answered_s,
  CASE
    WHEN (source.quality_entered | source.quality_received) & $unusable = 0
      AND source.entered_at >= source.received_at
      THEN (epoch_us(source.entered_at) - epoch_us(source.received_at)) / 1e6
  END AS entered_s,
  source.origin = 'public_911' AS by_911
FROM judged
JOIN told USING (n)
JOIN (SELECT *, file_row_number AS n FROM read_parquet($parquet, file_row_number = true)) AS source USING (n)
WHERE told.told_us IS NOT NULL AND judged.outcome NOT IN ('none_owed', 'merged');
