-- What each state of the coded record brings to a comparison of times: by how much each time may really be earlier or
-- later than written, in microseconds, and NULL where the time decides nothing. Which times decide follows
-- evaluate_situations.sql: a response counts only where somebody was sent, the end of a call only as an act of
-- somebody, and a deadline against the horizon only where nobody was sent or the call is still open.
CREATE OR REPLACE TEMP TABLE slack AS
WITH gated AS (
  SELECT
    *,
    dispatched = 'yes' AS counts,
    ended_by = 'requester' OR handover = 'accepted'
      OR (coalesce(abandoned, false) AND ended_by = 'agency' AND reason_given = 'yes') AS ends
  FROM $states
),
slacks AS (
  SELECT
    code,
    dispatched <> 'yes' OR ended_by = 'nobody' AS is_awaited,
    earlier(quality_received) AS received_earlier,
    later(quality_received) AS received_later,
    earlier(quality_$later) AS other_earlier,
    later(quality_$later) AS other_later,
    CASE WHEN counts THEN earlier(quality_dispatched) END AS dispatched_earlier,
    CASE WHEN counts THEN later(quality_dispatched) END AS dispatched_later,
    CASE WHEN counts THEN earlier(quality_enroute) END AS enroute_earlier,
    CASE WHEN counts THEN later(quality_enroute) END AS enroute_later,
    CASE WHEN counts THEN earlier(quality_arrived) END AS arrived_earlier,
    CASE WHEN counts THEN later(quality_arrived) END AS arrived_later,
    CASE WHEN ends THEN earlier(quality_closed) END AS closed_earlier,
    CASE WHEN ends THEN later(quality_closed) END AS closed_later,
    earlier(quality_contact) AS contact_earlier,
    later(quality_contact) AS contact_later
  FROM gated
)
SELECT
  *,
  coalesce(greatest(*COLUMNS('_(earlier|later)$$')), 0) = 0 AS is_exact
FROM slacks;
