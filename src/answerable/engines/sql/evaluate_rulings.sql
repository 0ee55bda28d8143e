-- Every reading's ruling joined back, then one ruling a call: what differs between readings is undetermined(fact),
-- what differs between the initial and the final priority undetermined(priority). See answerable.answer.readings.

WITH read AS (
  SELECT situation.n, situation.priority, situation.no, ruling.outcome, ruling.reason, ruling.carried
  FROM situation JOIN ruling USING (code)
),
by_priority AS (
  SELECT
    n,
    priority,
    count(DISTINCT outcome || '/' || coalesce(carried, '')) > 1 AS differs,
    bool_and(outcome = 'merged') AS all_merged,
    arg_min(outcome, no) AS first_outcome,
    arg_min(reason, no) FILTER (reason IS NOT NULL AND no = 0) AS first_reason,
    arg_min(carried, no) FILTER (carried IS NOT NULL AND no = 0) AS first_carried
  FROM read GROUP BY n, priority
),
settled AS (
  SELECT
    n,
    priority,
    CASE WHEN differs AND NOT all_merged THEN 'undetermined' ELSE first_outcome END AS outcome,
    CASE WHEN differs THEN 'fact' ELSE first_reason END AS reason,
    CASE WHEN differs AND all_merged THEN 'undetermined' WHEN differs THEN NULL ELSE first_carried END AS carried
  FROM by_priority
),
compared AS (
  SELECT
    initial.*,
    final.n IS NOT NULL
      AND (initial.outcome, coalesce(initial.carried, '')) <> (final.outcome, coalesce(final.carried, '')) AS disagree,
    initial.outcome = 'merged' AND final.outcome = 'merged' AS both_merged
  FROM settled AS initial
  LEFT JOIN settled AS final ON final.n = initial.n AND final.priority = 1
  WHERE initial.priority = 0
)
SELECT
  call.n,
  call.version,
  call.cell,
  CASE WHEN disagree AND NOT both_merged THEN 'undetermined' ELSE compared.outcome END AS outcome,
  CASE WHEN disagree THEN 'priority' ELSE compared.reason END AS reason,
  CASE WHEN disagree AND both_merged THEN 'undetermined' WHEN disagree THEN NULL ELSE compared.carried END AS carried
FROM compared JOIN call USING (n)
