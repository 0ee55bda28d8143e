-- The tables of `answerable export --sqlite`. Text is exact; what is empty in calls.csv is NULL, so that it counts nowhere.
CREATE TABLE about (section TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (section, key));

CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  call TEXT NOT NULL,
  received TEXT,
  type TEXT,
  priority TEXT,
  district TEXT,
  beat TEXT,
  outcome TEXT NOT NULL,
  reason TEXT,
  facts TEXT,
  carried TEXT,
  duty TEXT,
  rule TEXT,
  policy_version TEXT,
  limit_s INTEGER,
  waited_s INTEGER,
  because TEXT
);

CREATE TABLE claims (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  alleged_by TEXT NOT NULL,
  claim_sha256 TEXT NOT NULL
);

CREATE TABLE findings (
  claim TEXT PRIMARY KEY REFERENCES claims (id),
  status TEXT NOT NULL,
  finding TEXT NOT NULL,
  cannot_be_determined INTEGER NOT NULL,
  answer TEXT NOT NULL,
  rule TEXT NOT NULL,
  because TEXT NOT NULL,
  limits TEXT NOT NULL,
  would_change TEXT NOT NULL,
  figures TEXT NOT NULL
);

CREATE TABLE claim_calls (
  claim TEXT NOT NULL REFERENCES claims (id),
  call INTEGER NOT NULL REFERENCES calls (id),
  PRIMARY KEY (claim, call)
) WITHOUT ROWID;
