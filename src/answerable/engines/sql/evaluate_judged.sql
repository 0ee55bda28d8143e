-- Every call decided in bulk with what is needed to say its outcome in words.
CREATE OR REPLACE TEMP TABLE judged AS
SELECT
  ruled.n,
  ruled.outcome,
  ruled.reason,
  CASE WHEN ruled.reason = 'fact' THEN base.open_facts END AS facts,
  ruled.carried,
  base.version_name AS version,
  base.rule,
  base.duty,
  base.limit_s,
  base.arrive_limit_s,
  CASE WHEN call.sent = 'yes' AND call.dispatched_hi - call.dispatched_lo <= $widest
    THEN (call.dispatched_lo - call.start_lo) // 1000000 END AS dispatched_s,
  CASE WHEN call.sent = 'yes' AND call.arrived_hi - call.arrived_lo <= $widest
    THEN (call.arrived_lo - call.start_lo) // 1000000 END AS arrived_s,
  CASE WHEN call.contact_hi - call.contact_lo <= $widest
    THEN (call.contact_lo - call.start_lo) // 1000000 END AS contact_s,
  base.answer_limit_s,
  base.tell_limit_s,
  base.open_facts
FROM ($ruled) AS ruled
JOIN call ON call.n = ruled.n
JOIN base ON base.version = ruled.version AND base.cell = ruled.cell;
