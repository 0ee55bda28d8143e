-- One row a call, priority and reading: its situation, field by field as answerable.answer.situate defines it,
-- and the code of that situation. What a blank means in this source, and its horizon (or NULL), are filled in.
CREATE OR REPLACE TEMP TABLE situation AS
WITH wanted AS (
  SELECT n, 0 AS priority, version, cell FROM call
  UNION ALL
  SELECT n, 1 AS priority, version, cell_final FROM call WHERE has_final
),
read AS (
  SELECT
    call.*,
    call.merged = 'into_known' AS is_attached,
    wanted.priority, reading.no, reading.owed, reading.first_s, reading.arrival_s, reading.by_phone
  FROM wanted
  JOIN call USING (n)
  JOIN reading ON reading.version = wanted.version AND reading.cell = wanted.cell
),
timed AS (
  SELECT
    *,
    held(dispatched_lo, dispatched_hi, start_lo, start_hi, first_s, is_attached, $dispatched_ahead) AS held_dispatched,
    held(enroute_lo, enroute_hi, start_lo, start_hi, first_s, is_attached, $enroute_ahead) AS held_enroute,
    held(arrived_lo, arrived_hi, start_lo, start_hi, first_s, is_attached, $arrived_ahead) AS held_arrived_as_sent,
    held(arrived_lo, arrived_hi, start_lo, start_hi, arrival_s, is_attached, $arrived_ahead) AS held_arrived,
    due(start_lo, start_hi, first_s, least($horizon, last_seen)) AS first_due,
    due(start_lo, start_hi, arrival_s, least($horizon, last_seen)) AS arrival_due
  FROM read
),
clocked AS (
  SELECT
    *,
    CASE
      WHEN sent <> 'yes' THEN first_due
      WHEN held_dispatched <> 'not_recorded' THEN held_dispatched
      WHEN held_enroute = 'met' OR held_arrived_as_sent = 'met' THEN 'met'
      ELSE 'not_recorded'
    END AS first,
    CASE
      WHEN sent <> 'yes' THEN arrival_due
      WHEN held_arrived = 'not_recorded' AND is_open AND arrival_due = 'not_due' THEN 'not_due'
      ELSE held_arrived
    END AS arrival,
    CASE
      WHEN ended_by = 'unspecified' THEN 'by_unspecified'
      WHEN ended_by <> 'agency' THEN 'none'
      WHEN reason_given = 'yes' THEN 'reasoned'
      WHEN reason_given = 'no' THEN 'unreasoned'
      ELSE 'reason_unknown'
    END AS closing
  FROM timed
),
answered AS (
  SELECT
    *,
    is_abandoned AND closing = 'reasoned' AND contact_lo IS NULL AS closed_as_contact
  FROM clocked
),
fields AS (
  SELECT
    n, priority, no,
    merged,
    someone_waits,
    owed,
    CASE
      WHEN ended_by <> 'requester' THEN 'none'
      ELSE act(
        lapse(closed_lo, closed_hi, start_lo, start_hi, first_s, first, sent <> 'not_recorded'),
        lapse(closed_lo, closed_hi, start_lo, start_hi, arrival_s, arrival, sent <> 'not_recorded'))
    END AS withdrawal,
    CASE handover
      WHEN 'none' THEN 'none'
      WHEN 'offered' THEN 'offered'
      ELSE act(lapse(closed_lo, closed_hi, start_lo, start_hi, first_s, 'not_recorded', false), NULL)
    END AS handover,
    CASE
      WHEN disposition NOT IN ('cancelled_by_agency', 'declined_no_response') OR sent = 'yes' THEN 'none'
      WHEN owed = 'must_respond' THEN 'against'
      ELSE 'not_recorded'
    END AS decline,
    closing,
    sent,
    first,
    arrival,
    arrived,
    CASE WHEN is_abandoned THEN 'yes' ELSE 'no' END AS abandoned,
    CASE
      WHEN contact_lo IS NULL AND (NOT closed_as_contact OR closed_lo IS NULL)
        THEN CASE WHEN $callbacks_show THEN 'none' ELSE 'not_recorded' END
      ELSE CASE held(
          CASE WHEN closed_as_contact THEN closed_lo ELSE contact_lo END,
          CASE WHEN closed_as_contact THEN closed_hi ELSE contact_hi END,
          start_lo, start_hi, first_s, false, 0, 0)
        WHEN 'met' THEN 'in_time'
        WHEN 'none' THEN 'in_time'
        WHEN 'missed' THEN 'late'
        ELSE 'uncertain'
      END
    END AS contact,
    CASE
      WHEN NOT by_phone OR life_safety THEN 'no'
      WHEN life_safety IS NULL THEN 'not_recorded'
      ELSE 'yes'
    END AS phone,
    CASE
      WHEN ended_by = 'requester' THEN 'no'
      WHEN $disposition_shows AND disposition = 'none' AND (owed = 'must_respond' OR $decisions_supplied) THEN 'no'
      ELSE 'not_recorded'
    END AS decided,
    CASE
      WHEN disposition = 'unknown_code' THEN 'unknown_code'
      WHEN dispatched_evidence = 'contradictory' THEN 'contradictory'
      ELSE 'readable'
    END AS code
  FROM answered
)
SELECT n, priority, no, $code AS code FROM fields;
