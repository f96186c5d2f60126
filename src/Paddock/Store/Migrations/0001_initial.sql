-- Times are milliseconds since 1970 UTC. Digests are lower-case hex. Every row carries tenant and owner: the owner of
-- what hangs on a plugin is the plugin's, so that one predicate decides visibility everywhere.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tokens (
  hash       BLOB PRIMARY KEY NOT NULL,      -- SHA-256 of the token; the token itself is nowhere
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  role       INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE plugins (
  id          TEXT PRIMARY KEY NOT NULL,
  tenant      TEXT NOT NULL,
  owner       TEXT NOT NULL,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  code        TEXT NOT NULL,
  entrypoint  TEXT,
  config      TEXT,                          -- a JSON object; the files of a container plugin are in it
  enabled     INTEGER NOT NULL,
  runtime     INTEGER NOT NULL,
  digest      TEXT NOT NULL,
  size        INTEGER NOT NULL,              -- UTF-8 bytes of code and config
  revision    INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
);
CREATE INDEX plugins_by_owner ON plugins (tenant, owner, created_at, size);

CREATE TABLE grants (
  id         TEXT PRIMARY KEY NOT NULL,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  plugin_id  TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest     TEXT NOT NULL,
  resource   INTEGER NOT NULL,
  access     INTEGER NOT NULL,
  scope      TEXT NOT NULL,                  -- a JSON array of strings
  granted_by TEXT NOT NULL,
  request_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  revoked_by TEXT
);
CREATE INDEX grants_by_plugin ON grants (plugin_id, created_at);
CREATE INDEX grants_by_owner ON grants (tenant, owner, created_at);

CREATE TABLE permission_requests (
  id           TEXT PRIMARY KEY NOT NULL,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  plugin_id    TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest       TEXT NOT NULL,                -- of the code as it was when somebody asked: what the operator is shown
  resource     INTEGER NOT NULL,
  access       INTEGER NOT NULL,
  scope        TEXT NOT NULL,
  reason       TEXT NOT NULL,
  status       INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  resolved_by  TEXT,
  resolved_at  INTEGER,
  grant_id     TEXT
);
CREATE INDEX requests_by_plugin ON permission_requests (plugin_id, created_at);
CREATE INDEX requests_by_owner ON permission_requests (tenant, owner, created_at);

CREATE TABLE executions (
  id            TEXT PRIMARY KEY NOT NULL,
  tenant        TEXT NOT NULL,
  owner         TEXT NOT NULL,
  plugin_id     TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  digest        TEXT NOT NULL,
  actor         TEXT NOT NULL,
  started_at    INTEGER NOT NULL,
  duration_us   INTEGER NOT NULL,
  status        INTEGER NOT NULL,
  input_bytes   INTEGER NOT NULL,            -- neither input nor context is kept: they may hold the caller's secrets
  context_bytes INTEGER NOT NULL,
  result        BLOB,                        -- UTF-8 JSON; null when there is none or it was too large to keep
  result_bytes  INTEGER NOT NULL,
  error         TEXT,
  host_calls    INTEGER NOT NULL
);
CREATE INDEX executions_by_plugin ON executions (plugin_id, started_at);
CREATE INDEX executions_by_time ON executions (started_at);

CREATE TABLE execution_logs (
  id           INTEGER PRIMARY KEY NOT NULL,
  execution_id TEXT NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  at           INTEGER NOT NULL,
  severity     INTEGER NOT NULL,
  message      TEXT NOT NULL
);
CREATE INDEX logs_by_execution ON execution_logs (execution_id, id);

CREATE TABLE kv (
  plugin_id  TEXT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  key        TEXT NOT NULL,
  tenant     TEXT NOT NULL,
  owner      TEXT NOT NULL,
  value      BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, key)
);

-- What a plugin uses of its quota, kept by triggers so that no way of writing can forget it.
CREATE TABLE kv_usage (
  plugin_id TEXT PRIMARY KEY NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  tenant    TEXT NOT NULL,
  owner     TEXT NOT NULL,
  keys      INTEGER NOT NULL,
  bytes     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER kv_inserted AFTER INSERT ON kv BEGIN
  INSERT INTO kv_usage (plugin_id, tenant, owner, keys, bytes) VALUES (NEW.plugin_id, NEW.tenant, NEW.owner, 0, 0)
    ON CONFLICT (plugin_id) DO NOTHING;
  UPDATE kv_usage SET keys = keys + 1, bytes = bytes + length(CAST(NEW.key AS BLOB)) + length(NEW.value)
    WHERE plugin_id = NEW.plugin_id;
END;

CREATE TRIGGER kv_updated AFTER UPDATE ON kv BEGIN
  UPDATE kv_usage SET bytes = bytes + length(NEW.value) - length(OLD.value) WHERE plugin_id = NEW.plugin_id;
END;

CREATE TRIGGER kv_deleted AFTER DELETE ON kv BEGIN
  UPDATE kv_usage SET keys = keys - 1, bytes = bytes - length(CAST(OLD.key AS BLOB)) - length(OLD.value)
    WHERE plugin_id = OLD.plugin_id;
END;

-- Refers to no plugin by foreign key: it outlives what it is about.
CREATE TABLE audit (
  seq          INTEGER PRIMARY KEY NOT NULL,
  at           INTEGER NOT NULL,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  actor        TEXT NOT NULL,
  plugin_id    TEXT,
  execution_id TEXT,
  action       TEXT NOT NULL,
  target       TEXT,
  allowed      INTEGER NOT NULL,
  code         TEXT,
  grant_id     TEXT,
  mac          BLOB NOT NULL                 -- HMAC of this row and of the mac before it
);
CREATE INDEX audit_by_owner ON audit (tenant, owner, seq);
CREATE INDEX audit_by_plugin ON audit (plugin_id, seq);
CREATE INDEX audit_by_execution ON audit (execution_id, seq);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit records are never changed');
END;

-- Retention names the last row it removes in meta, within its own transaction.
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'audit.pruning' AND OLD.seq <= CAST(value AS INTEGER)) BEGIN
  SELECT RAISE(ABORT, 'audit records are removed by retention only');
END;
