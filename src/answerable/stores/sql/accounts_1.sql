-- Who may enter the desk, and how. No call, no place, no word of a caller: what people did is in the record.
CREATE TABLE user (
    id            TEXT PRIMARY KEY,               -- the pseudonym that stands in the record: u-7f3a…
    name          TEXT NOT NULL UNIQUE,           -- what is typed at log-in; never in the record
    agency        TEXT NOT NULL,
    password      TEXT,                           -- argon2id with its parameters; NULL until an invitation is taken up
    totp_secret   TEXT,                           -- NULL until a second factor is enrolled
    totp_used     INTEGER NOT NULL DEFAULT 0,     -- the last time step that was taken: a code is good once
    second_factor INTEGER NOT NULL,               -- 0: exempt
    locked        INTEGER NOT NULL DEFAULT 0,     -- by an administrator
    made_us       INTEGER NOT NULL
) STRICT;

-- One-time links to choose a password: the SHA-256 of the secret in it.
CREATE TABLE invitation (
    hash     BLOB PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES user (id),
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    hash    BLOB PRIMARY KEY,                     -- SHA-256 of the cookie
    user_id TEXT NOT NULL REFERENCES user (id),
    csrf    TEXT NOT NULL,
    stage   TEXT NOT NULL,                        -- open, code (asks for the second factor), enrol (sets it up)
    made_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id         TEXT PRIMARY KEY,                  -- stands in the record as the feed's name: f-2c41…
    hash       BLOB NOT NULL UNIQUE,              -- SHA-256 of the token
    name       TEXT NOT NULL,
    agency     TEXT NOT NULL,
    scopes     TEXT NOT NULL,                     -- separated by spaces
    made_us    INTEGER NOT NULL,
    until_us   INTEGER NOT NULL,
    revoked_us INTEGER
) STRICT;

-- Log-ins that failed, by the SHA-256 of the name typed: a name that nobody has counts like any other.
CREATE TABLE failure (
    name_hash BLOB NOT NULL,
    at_us     INTEGER NOT NULL
) STRICT;
CREATE INDEX failure_by_name ON failure (name_hash, at_us);

-- Roles that were asked for; the record's dated entries are what holds. `entry` is the entry's index once it is there.
CREATE TABLE assignment (
    id       TEXT PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES user (id),
    role     TEXT NOT NULL,
    rank     TEXT,
    from_us  INTEGER,                            -- NULL: from its entry on
    until_us INTEGER,
    acting   INTEGER NOT NULL,                   -- 1: in somebody's place
    asked_us INTEGER NOT NULL,
    entry    INTEGER
) STRICT;

-- Who looked at what is private, and when.
CREATE TABLE reading (
    at_us   INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    page    TEXT NOT NULL,
    about   TEXT NOT NULL
) STRICT;
CREATE INDEX reading_by_time ON reading (at_us);

-- Each try to tell another system that an alarm rings. Status 0: nobody answered.
CREATE TABLE delivery (
    at_us   INTEGER NOT NULL,
    address TEXT NOT NULL,
    message TEXT NOT NULL,
    tried   INTEGER NOT NULL,
    status  INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_by_time ON delivery (at_us);
