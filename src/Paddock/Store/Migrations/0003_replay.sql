-- Recorded calls. What is recorded is sealed (AES-256-GCM) under a key that is not in the database.

CREATE TABLE replay_consents (
  plugin_id  TEXT PRIMARY KEY NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  enabled_by TEXT NOT NULL,
  enabled_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE replays (
  id        TEXT PRIMARY KEY NOT NULL,     -- of the execution
  tenant    TEXT NOT NULL,
  owner     TEXT NOT NULL,
  plugin_id TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest    TEXT NOT NULL,
  actor     TEXT NOT NULL,
  at        INTEGER NOT NULL,
  status    INTEGER NOT NULL,
  code_hash TEXT NOT NULL,                 -- the code that ran, in replay_code
  recording BLOB                           -- sealed; null where the call was too large to record
);
CREATE INDEX replays_by_plugin ON replays (plugin_id, at);
CREATE INDEX replays_by_time ON replays (at);
CREATE INDEX replays_by_code ON replays (tenant, code_hash);

-- What ran, once for all recordings of it: a plugin's code changes, and its recordings outlive that.
CREATE TABLE replay_code (
  tenant TEXT NOT NULL,
  hash   TEXT NOT NULL,
  spec   BLOB NOT NULL,                    -- sealed
  PRIMARY KEY (tenant, hash)
) WITHOUT ROWID;
