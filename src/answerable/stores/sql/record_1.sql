-- The record: what was entered, its hashes, and the last signed state. Bodies are the exact bytes that were hashed.
CREATE TABLE entry (
    seq            INTEGER PRIMARY KEY,          -- index in the log, from 0, without gaps
    id             TEXT NOT NULL UNIQUE,         -- the sender's
    recorded_at_us INTEGER NOT NULL,
    leaf           BLOB NOT NULL,                -- RFC 6962 leaf hash of body; tells which entry is damaged
    body           BLOB NOT NULL
) STRICT;

CREATE TABLE tile (
    level  INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    root   BLOB NOT NULL,                        -- over the 256 hashes: a hash of the level above
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, n)
) STRICT;

-- One row: the compare-and-swap cell. Whoever finds another size and root than they began from writes nothing.
CREATE TABLE head (
    log  TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note BLOB NOT NULL
) STRICT;

-- Private values, AES-256-GCM. The key of each is derived from its salt, which is only in the vault.
CREATE TABLE sealed (
    id    TEXT NOT NULL,
    name  TEXT NOT NULL,
    nonce BLOB NOT NULL,
    ct    BLOB NOT NULL,
    PRIMARY KEY (id, name)
) STRICT, WITHOUT ROWID;

-- What redactions took out: at every start these salts are erased again, should a backup have brought one back.
CREATE TABLE erased (
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (id, name)
) STRICT, WITHOUT ROWID;
