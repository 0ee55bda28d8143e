-- One row a call: the moments and codes that decide, the responder's where the call was merged into another,
-- the version that governs, and the cells of its facts; the last two are made from the policies. The rows come with
-- their number `n` and `merged_into`; only those that are wanted are judged.
CREATE OR REPLACE TEMP TABLE call AS
WITH source AS (
  $rows
),
moments AS (
  SELECT
    source.n,
    epoch_us(source.last_seen_at) AS last_seen,  -- of a call that a later export no longer has
    coalesce(lo(source.received_at, source.quality_received), $start_lo) AS start_lo,
    coalesce(hi(source.received_at, source.quality_received), $start_hi) AS start_hi,
    lo(source.closed_at, source.quality_closed) AS closed_lo,
    hi(source.closed_at, source.quality_closed) AS closed_hi,
    lo(source.contact_at, source.quality_contact) AS contact_lo,
    hi(source.contact_at, source.quality_contact) AS contact_hi,
    lo(came.dispatched_at, came.quality_dispatched) AS dispatched_lo,
    hi(came.dispatched_at, came.quality_dispatched) AS dispatched_hi,
    lo(came.enroute_at, came.quality_enroute) AS enroute_lo,
    hi(came.enroute_at, came.quality_enroute) AS enroute_hi,
    lo(came.arrived_at, came.quality_arrived) AS arrived_lo,
    hi(came.arrived_at, came.quality_arrived) AS arrived_hi,
    came.dispatched AS sent,
    came.arrived AS arrived,
    came.ended_by = 'nobody' AS is_open,
    CASE
      WHEN source.merged_into IS NULL THEN 'no'
      WHEN source.merged_into < 0 THEN 'into_unknown'
      ELSE 'into_known'
    END AS merged,
    CASE
      WHEN source.entry_kind IN ($nobody_waits_kinds) OR source.origin IN ($nobody_waits_origins) THEN 'no'
      WHEN source.origin = 'unknown' THEN 'not_recorded'
      ELSE 'yes'
    END AS someone_waits,
    source.ended_by,
    source.reason_given,
    source.handover,
    source.disposition,
    coalesce(source.abandoned, false) AS is_abandoned,
    source.dispatched_evidence,
    source.fact_life_safety AS life_safety,
    source.fact_priority_final IS NOT NULL
      AND source.fact_priority_final IS DISTINCT FROM source.fact_priority AS has_final,
    $source_facts
  FROM source
  LEFT JOIN source AS came ON came.n = CASE WHEN source.merged_into >= 0 THEN source.merged_into ELSE source.n END
  WHERE $wanted
),
governed AS (
  SELECT *, $version AS version FROM moments
)
SELECT
  * EXCLUDE ($fact_columns),
  $cell AS cell,
  CASE WHEN has_final THEN $cell_final END AS cell_final
FROM governed;
