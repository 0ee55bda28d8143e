-- One row a call of the coded record with every time that is held against a limit: the least and the most that it can
-- lie after the start, in microseconds, both NULL where it decides nothing. $came is the row whose response
-- counts: the call's own, or the one it was merged into. In the subset of SQL that every engine reads alike
-- (docs/reference/audit-engines.md).
SELECT
  n, merged, state, came_state, facts, how, is_exact,
  CASE WHEN is_told THEN $regime ELSE $untold END AS regime,
  dispatched_latest, dispatched_earliest, enroute_latest, enroute_earliest, arrived_latest, arrived_earliest,
  closed_latest, closed_earliest, contact_latest, contact_earliest, horizon_latest, horizon_earliest
FROM (
  SELECT
    n, merged, state, came_state, facts, how, is_exact, is_told,
    base_us + start_n * $unit_us - start_earlier AS start_lo,
    gap_us + (dispatched_n - start_n) * $unit_us + dispatched_later + start_earlier AS dispatched_latest,
    gap_us + (dispatched_n - start_n) * $unit_us - dispatched_earlier - start_later AS dispatched_earliest,
    gap_us + (enroute_n - start_n) * $unit_us + enroute_later + start_earlier AS enroute_latest,
    gap_us + (enroute_n - start_n) * $unit_us - enroute_earlier - start_later AS enroute_earliest,
    gap_us + (arrived_n - start_n) * $unit_us + arrived_later + start_earlier AS arrived_latest,
    gap_us + (arrived_n - start_n) * $unit_us - arrived_earlier - start_later AS arrived_earliest,
    (closed_n - start_n) * $unit_us + closed_later + start_earlier AS closed_latest,
    (closed_n - start_n) * $unit_us - closed_earlier - start_later AS closed_earliest,
    (contact_n - start_n) * $unit_us + contact_later + start_earlier AS contact_latest,
    (contact_n - start_n) * $unit_us - contact_earlier - start_later AS contact_earliest,
    CASE WHEN is_awaited THEN least($horizon, base_us + last_seen_n * $unit_us) END
      - base_us - start_n * $unit_us + start_earlier AS horizon_latest,
    CASE WHEN is_awaited THEN least($horizon, base_us + last_seen_n * $unit_us) END
      - base_us - start_n * $unit_us - start_later AS horizon_earliest
  FROM (
    SELECT
      n, merged, state, came_state, facts, how, is_exact, is_awaited, base_us, gap_us,
      -- where the start is not recorded, times count from the receipt's place: finer than needed, never coarser
      CASE WHEN from_receipt THEN 0 ELSE coalesce(other_n, 0) END AS start_n,
      coalesce(CASE WHEN from_receipt THEN received_earlier ELSE other_earlier END, 0) AS start_earlier,
      coalesce(CASE WHEN from_receipt THEN received_later ELSE other_later END, 0) AS start_later,
      from_receipt OR (other_n IS NOT NULL AND other_earlier IS NOT NULL) AS is_told,
      dispatched_n, dispatched_earlier, dispatched_later, enroute_n, enroute_earlier, enroute_later,
      arrived_n, arrived_earlier, arrived_later, closed_n, closed_earlier, closed_later,
      contact_n, contact_earlier, contact_later, last_seen_n
    FROM (
      SELECT
        own.n,
        $merged AS merged,
        own.state,
        $came.state AS came_state,
        own.facts,
        own.how,
        coalesce(own.received_us, $origin_us) AS base_us,
        own.received_us IS NOT NULL AND told.received_earlier IS NOT NULL AS from_receipt,
        $other_n AS other_n,
        told.received_earlier, told.received_later, told.other_earlier, told.other_later,
        $gap_us AS gap_us,
        CAST($came.dispatched_n AS BIGINT) AS dispatched_n, $sent.dispatched_earlier, $sent.dispatched_later,
        -- asked only where the dispatch says nothing
        CASE WHEN $came.dispatched_n IS NULL OR $sent.dispatched_later IS NULL THEN CAST($came.enroute_n AS BIGINT) END
          AS enroute_n,
        $sent.enroute_earlier, $sent.enroute_later,
        CAST($came.arrived_n AS BIGINT) AS arrived_n, $sent.arrived_earlier, $sent.arrived_later,
        CAST(own.closed_n AS BIGINT) AS closed_n, told.closed_earlier, told.closed_later,
        CAST(own.contact_n AS BIGINT) AS contact_n, told.contact_earlier, told.contact_later,
        CAST(own.last_seen_n AS BIGINT) AS last_seen_n,
        $sent.is_awaited,
        told.is_exact AND $sent.is_exact AS is_exact
      FROM coded_call AS own
      JOIN slack AS told ON told.code = own.state
      $joined
      WHERE $chosen
    ) AS read
  ) AS started
) AS timed
