-- The comparisons of answerable.answer.timing as macros; what a quality bit does is filled in from its tables.
-- By how much a time may really be earlier or later than written; NULL where it says nothing.
CREATE OR REPLACE TEMP MACRO earlier(bits) AS CASE WHEN (bits & $unusable) <> 0 THEN NULL ELSE $earlier END;
CREATE OR REPLACE TEMP MACRO later(bits) AS CASE WHEN (bits & $unusable) <> 0 THEN NULL ELSE $later END;
-- A moment is what a recorded time can mean: lo and hi in microseconds, both NULL where it says nothing.
CREATE OR REPLACE TEMP MACRO lo(at_time, bits) AS epoch_us(at_time) - earlier(bits);
CREATE OR REPLACE TEMP MACRO hi(at_time, bits) AS epoch_us(at_time) + later(bits);

CREATE OR REPLACE TEMP MACRO compared(elapsed_lo, elapsed_hi, within_s, attached) AS
  CASE
    WHEN elapsed_hi < 0 AND NOT attached THEN 'uncertain'
    WHEN elapsed_hi <= within_s * 1000000 THEN 'met'
    WHEN elapsed_lo > within_s * 1000000 THEN 'missed'
    ELSE 'uncertain'
  END;

-- held_against(): one point against one limit; ahead_from and ahead_to are another clock's offset in seconds;
-- attached: a unit that was already there counts
CREATE OR REPLACE TEMP MACRO held(point_lo, point_hi, start_lo, start_hi, within_s, attached, ahead_from, ahead_to) AS
  CASE
    WHEN within_s IS NULL THEN 'none'
    WHEN point_lo IS NULL OR start_lo IS NULL THEN 'not_recorded'
    WHEN ahead_from = 0 AND ahead_to = 0 THEN compared(point_lo - start_hi, point_hi - start_lo, within_s, attached)
    WHEN compared(point_lo - start_hi - ahead_to * 1000000, point_hi - start_lo - ahead_from * 1000000, within_s, attached)
           = 'uncertain'
         AND compared(point_lo - start_hi, point_hi - start_lo, within_s, attached) <> 'uncertain' THEN 'offset'
    ELSE compared(point_lo - start_hi - ahead_to * 1000000, point_hi - start_lo - ahead_from * 1000000, within_s, attached)
  END;

-- deadline_against_horizon(): a deadline with nothing to show for it
CREATE OR REPLACE TEMP MACRO due(start_lo, start_hi, within_s, horizon) AS
  CASE
    WHEN within_s IS NULL THEN 'none'
    WHEN start_lo IS NULL OR horizon IS NULL THEN 'not_recorded'
    WHEN start_hi + within_s * 1000000 < horizon THEN 'missed'
    WHEN start_lo + within_s * 1000000 >= horizon THEN 'not_due'
    ELSE 'uncertain'
  END;

-- _act(): an act against one limit: NULL where the limit says nothing against it, else 'unknown' or 'lapsed'
CREATE OR REPLACE TEMP MACRO lapse(at_lo, at_hi, start_lo, start_hi, within_s, timing, unmet_is_known) AS
  CASE
    WHEN timing IN ('none', 'met', 'not_due') THEN NULL
    WHEN at_lo IS NULL OR start_lo IS NULL OR within_s IS NULL THEN 'unknown'
    WHEN at_hi - start_lo <= within_s * 1000000 THEN NULL
    WHEN timing = 'missed' AND unmet_is_known AND at_lo - start_hi > within_s * 1000000 THEN 'lapsed'
    ELSE 'unknown'
  END;
CREATE OR REPLACE TEMP MACRO act(one, other) AS
  CASE
    WHEN coalesce(one, '') = 'lapsed' OR coalesce(other, '') = 'lapsed' THEN 'too_late'
    WHEN one IS NOT NULL OR other IS NOT NULL THEN 'time_unknown'
    ELSE 'in_time'
  END;
