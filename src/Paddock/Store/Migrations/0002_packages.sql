-- Installed packages beside posted snippets. Both are plugins: grants, values, executions and audit hang on plugins (id).
-- The bytes of packages are files named by their SHA-256 in the data directory; here is which files make a package.

ALTER TABLE plugins ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;   -- 0 a posted snippet, 1 an installed package
ALTER TABLE plugins ADD COLUMN publisher TEXT;                    -- id of the key that signed what is installed; what its data is bound to
ALTER TABLE plugins ADD COLUMN uninstalled_at INTEGER;            -- kept, without code, until its data is removed
ALTER TABLE plugins ADD COLUMN origin TEXT;                       -- entry of the packages directory that it came from
ALTER TABLE plugins ADD COLUMN quarantine TEXT;                   -- why it does not run any more; null while it may

-- The names of packages are unique in a tenant; an uninstalled one's name is free.
CREATE UNIQUE INDEX plugins_by_name ON plugins (tenant, name) WHERE kind = 1 AND uninstalled_at IS NULL;

CREATE TABLE package_versions (
  plugin_id    TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest       TEXT NOT NULL,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  version      TEXT NOT NULL,
  publisher    TEXT,                       -- id of the key that signed it; null for none
  signature    INTEGER NOT NULL,
  files        TEXT NOT NULL,              -- a JSON array of {path, sha256, size}
  size         INTEGER NOT NULL,
  registration BLOB,                       -- JSON as its code said it, read under a channel that refuses everything; null where its manifest says it
  state        INTEGER NOT NULL,           -- 0 waiting for review, 1 active, 2 former, 3 failed
  installed_by TEXT NOT NULL,
  installed_at INTEGER NOT NULL,
  activated_at INTEGER,
  PRIMARY KEY (plugin_id, digest)
) WITHOUT ROWID;
CREATE UNIQUE INDEX package_active ON package_versions (plugin_id) WHERE state = 1;
CREATE UNIQUE INDEX package_waiting ON package_versions (plugin_id) WHERE state = 0;

-- The highest version that was ever active under a name, and whose: outlives uninstalling, or an old version with a known
-- hole could be brought back by way of it.
CREATE TABLE accepted_versions (
  tenant    TEXT NOT NULL,
  name      TEXT NOT NULL,
  publisher TEXT NOT NULL,                 -- '' for unsigned
  version   TEXT NOT NULL,
  PRIMARY KEY (tenant, name, publisher)
) WITHOUT ROWID;

CREATE TABLE policies (
  plugin_id  TEXT PRIMARY KEY NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  policy     TEXT NOT NULL,                -- JSON
  revision   INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE plugin_configs (
  plugin_id  TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest     TEXT NOT NULL,                -- of the package whose schema it satisfies
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  config     TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, digest)
) WITHOUT ROWID;

CREATE TABLE secrets (
  plugin_id  TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  value      BLOB NOT NULL,                -- AES-256-GCM under a key that is not in the database
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, name)
) WITHOUT ROWID;

CREATE TABLE trusted_keys (
  id          TEXT NOT NULL,
  tenant      TEXT NOT NULL,
  owner       TEXT NOT NULL,
  public_key  BLOB NOT NULL,
  publisher   TEXT NOT NULL,
  valid_from  INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  revoked_at  INTEGER,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE revoked_packages (
  digest     TEXT NOT NULL,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  revoked_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, digest)
) WITHOUT ROWID;

CREATE TABLE job_runs (
  id           INTEGER PRIMARY KEY NOT NULL,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  plugin_id    TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  job          TEXT NOT NULL,
  digest       TEXT NOT NULL,              -- of the version whose job it was
  actor        TEXT NOT NULL,              -- 'host' by the clock, else the operator who asked
  scheduled_at INTEGER NOT NULL,
  started_at   INTEGER,
  ended_at     INTEGER,
  outcome      INTEGER NOT NULL,           -- 0 running, 1 completed, 2 failed, 3 skipped, 4 interrupted
  code         TEXT,
  message      TEXT,
  execution_id TEXT
);
CREATE INDEX job_runs_by_plugin ON job_runs (plugin_id, job, id);
CREATE INDEX job_runs_under_way ON job_runs (id) WHERE outcome = 0;

-- Both are part of a record's mac where they are set; a row without them has the mac it always had.
ALTER TABLE audit ADD COLUMN arguments_digest TEXT;
ALTER TABLE audit ADD COLUMN times INTEGER NOT NULL DEFAULT 1;    -- how many equal acts within one commit this record stands for
