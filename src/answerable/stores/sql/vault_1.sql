-- The vault: the salt of each private field, and nothing else. What is deleted here is overwritten (secure_delete).
CREATE TABLE salt (
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    salt BLOB NOT NULL,
    PRIMARY KEY (id, name)
) STRICT, WITHOUT ROWID;
