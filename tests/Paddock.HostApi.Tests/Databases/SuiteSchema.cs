namespace Paddock.HostApi.Tests.Databases;

/// <summary>
/// The tables of the suite. Granted to the plugin: <c>ticket*</c>, <c>Odd Name</c>, <c>counted</c>, <c>logged</c>, <c>parents</c> and
/// <c>box</c> for both, <c>areas</c>, <c>open_tickets</c> and <c>peek</c> for reading, <c>drops</c> for writing. Not: <c>users</c>,
/// <c>secrets</c>, <c>audit_trail</c>, <c>children</c>, <c>hidden_view</c>. What is not granted holds the canary.
/// </summary>
internal static class SuiteSchema
{
    internal static readonly string[] Tables =
    [
        "users", "secrets", "audit_trail", "children", "areas", "tickets", "ticket_notes", "\"Odd Name\"", "counted", "logged", "parents", "box", "drops",
    ];

    internal static readonly string[] Forbidden = ["users", "secrets", "audit_trail", "children"];

    internal const string Rows = """
        INSERT INTO users VALUES (1, 'ada', 'CANARY-7f3a-users'), (2, 'bob', 'CANARY-7f3a-users');
        INSERT INTO secrets VALUES (1, 'CANARY-7f3a-secrets', 7001), (2, 'CANARY-7f3a-secrets', 7002);
        INSERT INTO audit_trail VALUES (1, 'CANARY-7f3a-trail');
        INSERT INTO areas VALUES (1, 'north'), (2, 'south');
        INSERT INTO tickets VALUES (1, 'printer', 1, 'open', 1), (2, 'users', 2, 'closed', 2), (3, 'select * from secrets', 1, 'open', NULL);
        INSERT INTO ticket_notes VALUES (1, 1, 'it burns'), (2, 1, 'again'), (3, 2, 'done');
        INSERT INTO "Odd Name" VALUES (1, 'a', 'b');
        INSERT INTO counted VALUES (1, 'one');
        INSERT INTO logged VALUES (1, 'one');
        INSERT INTO parents VALUES (1, 'p'), (2, 'q');
        INSERT INTO children VALUES (1, 1, 'CANARY-7f3a-children');
        INSERT INTO box VALUES (1, 'x');
        INSERT INTO drops VALUES (1, 'CANARY-7f3a-drops');
        """;

    private const string Common = """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT);
        CREATE TABLE secrets (id INTEGER PRIMARY KEY, value TEXT, number INTEGER);
        CREATE INDEX secrets_by_number ON secrets (number);
        CREATE TABLE audit_trail (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE areas (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, title TEXT, author INTEGER REFERENCES users (id), state TEXT, area INTEGER REFERENCES areas (id));
        CREATE TABLE ticket_notes (id INTEGER PRIMARY KEY, ticket INTEGER REFERENCES tickets (id) ON DELETE CASCADE, note TEXT);
        CREATE TABLE "Odd Name" (id INTEGER PRIMARY KEY, "from" TEXT, "a ""quote" TEXT);
        CREATE TABLE counted (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE logged (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE, name TEXT);
        CREATE TABLE box (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE drops (id INTEGER PRIMARY KEY, what TEXT);
        CREATE VIEW open_tickets AS SELECT id, title FROM tickets WHERE state = 'open';
        CREATE VIEW hidden_view AS SELECT id, title FROM tickets;
        CREATE VIEW peek AS SELECT t.id, u.password FROM tickets t JOIN users u ON u.id = t.author;
        CREATE VIEW ticket_deep AS SELECT * FROM peek;
        CREATE VIEW ticket_over_hidden AS SELECT id FROM hidden_view;
        """;

    internal const string Sqlite = Common + """

        CREATE TRIGGER counts AFTER INSERT ON counted BEGIN INSERT INTO ticket_notes (id, ticket, note) VALUES (NEW.id + 1000, 1, NEW.what); END;
        CREATE TRIGGER logs AFTER INSERT ON logged BEGIN INSERT INTO audit_trail (id, what) VALUES (NEW.id + 1000, NEW.what); END;
        CREATE TRIGGER boxes AFTER INSERT ON box BEGIN UPDATE box SET what = (SELECT value FROM secrets WHERE id = 1) WHERE id = NEW.id; END;
        CREATE TRIGGER through INSTEAD OF INSERT ON open_tickets BEGIN INSERT INTO tickets (id, title, state) VALUES (NEW.id, NEW.title, 'open'); END;
        CREATE VIRTUAL TABLE ticket_words USING fts5 (word);
        INSERT INTO ticket_words VALUES ('hello');

        """ + Rows;

    internal const string PostgreSql = Common + """

        CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO ticket_notes (id, ticket, note) VALUES (NEW.id + 1000, 1, NEW.what); RETURN NEW; END $$;
        CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit_trail (id, what) VALUES (NEW.id + 1000, NEW.what); RETURN NEW; END $$;
        CREATE FUNCTION box_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.what := (SELECT value FROM secrets WHERE id = 1); RETURN NEW; END $$;
        CREATE FUNCTION reveal() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT value FROM secrets LIMIT 1 $$;
        CREATE TRIGGER counts AFTER INSERT ON counted FOR EACH ROW EXECUTE FUNCTION count_it();
        CREATE TRIGGER logs AFTER INSERT ON logged FOR EACH ROW EXECUTE FUNCTION log_it();
        CREATE TRIGGER boxes BEFORE INSERT ON box FOR EACH ROW EXECUTE FUNCTION box_it();
        CREATE SCHEMA inner_circle;
        CREATE TABLE inner_circle.tickets (id INTEGER PRIMARY KEY, title TEXT);
        INSERT INTO inner_circle.tickets VALUES (1, 'CANARY-7f3a-inner');
        CREATE FUNCTION trail_it() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO audit_trail (id, what) VALUES (NEW.id + 2000, NEW.what); RETURN NEW; END $$;
        CREATE TABLE ticket_definer (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TRIGGER trails AFTER INSERT ON ticket_definer FOR EACH ROW EXECUTE FUNCTION trail_it();
        CREATE TABLE ticket_ruled (id INTEGER PRIMARY KEY, what TEXT);
        CREATE RULE copies AS ON INSERT TO ticket_ruled DO ALSO INSERT INTO audit_trail (id, what) VALUES (NEW.id + 3000, NEW.what);

        """ + Rows;
}
