using Microsoft.Data.Sqlite;

namespace Paddock.Samples.HelpDesk.Desk;

/// <summary>The tickets.</summary>
internal sealed class TicketStore(DeskDatabase database, TimeProvider clock)
{
    private const string Columns =
        "SELECT t.id, t.subject, t.customer, s.name, p.name, t.created_at, t.closed_at FROM tickets t JOIN ticket_states s ON s.id = t.state_id JOIN ticket_priorities p ON p.id = t.priority_id ";

    private const string Matches =
        "WHERE ($state IS NULL OR s.name = $state) AND ($priority IS NULL OR p.name = $priority) AND ($text IS NULL OR instr(lower(t.subject || ' ' || t.customer), lower($text)) > 0) ";

    public IReadOnlyList<string> States => Names("ticket_states");

    public IReadOnlyList<string> Priorities => Names("ticket_priorities");

    /// <summary>A page of the tickets that match, newest first, and whether there are more.</summary>
    public (IReadOnlyList<Ticket> Tickets, bool More) List(TicketFilter filter)
    {
        using var db = database.Connect();
        var found = db.Query(Columns + Matches + "ORDER BY t.created_at DESC, t.id DESC LIMIT $count OFFSET $skip", Read,
            ("$state", filter.State), ("$priority", filter.Priority), ("$text", filter.Text),
            ("$count", TicketFilter.PageSize + 1), ("$skip", (filter.Page - 1) * TicketFilter.PageSize));
        return ([.. found.Take(TicketFilter.PageSize)], found.Count > TicketFilter.PageSize);
    }

    public (Ticket Ticket, IReadOnlyList<Message> Messages)? Find(long id)
    {
        using var db = database.Connect();
        if (db.Query(Columns + "WHERE t.id = $id", Read, ("$id", id)) is not [var ticket]) return null;
        return (ticket, db.Query("SELECT author, body, created_at FROM messages WHERE ticket_id = $id ORDER BY id",
            r => new Message(r.GetString(0), r.GetString(1), r.GetString(2)), ("$id", id)));
    }

    public long Create(string subject, string customer, string priority, string body)
    {
        using var db = database.Connect();
        using var transaction = db.BeginTransaction();
        string now = Sql.Stored(clock.GetUtcNow());
        long id = db.Scalar(
            """
            INSERT INTO tickets (subject, customer, state_id, priority_id, created_at)
              SELECT $subject, $customer, s.id, p.id, $now FROM ticket_states s, ticket_priorities p WHERE s.name = 'new' AND p.name = $priority RETURNING id
            """,
            ("$subject", subject), ("$customer", customer), ("$priority", priority), ("$now", now));
        Write(db, id, customer, body, now);
        transaction.Commit();
        return id;
    }

    /// <summary>Adds what an agent wrote, and sets state and priority.</summary>
    public void Update(long id, string author, string? body, string state, string priority)
    {
        using var db = database.Connect();
        using var transaction = db.BeginTransaction();
        string now = Sql.Stored(clock.GetUtcNow());
        db.Run(
            """
            UPDATE tickets SET state_id = s.id, priority_id = p.id, closed_at = CASE WHEN s.is_closed THEN coalesce(closed_at, $now) END
              FROM ticket_states s, ticket_priorities p WHERE tickets.id = $id AND s.name = $state AND p.name = $priority
            """,
            ("$id", id), ("$state", state), ("$priority", priority), ("$now", now));
        if (!string.IsNullOrWhiteSpace(body)) Write(db, id, author, body, now);
        transaction.Commit();
    }

    /// <summary>How many tickets are open, and how many there are.</summary>
    public (long Open, long All) Count()
    {
        using var db = database.Connect();
        return (db.Scalar("SELECT count(*) FROM tickets WHERE closed_at IS NULL"), db.Scalar("SELECT count(*) FROM tickets"));
    }

    private static void Write(SqliteConnection db, long id, string author, string body, string now) =>
        db.Run("INSERT INTO messages (ticket_id, author, body, created_at) SELECT id, $author, $body, $now FROM tickets WHERE id = $id",
            ("$id", id), ("$author", author), ("$body", body.Trim()), ("$now", now));

    private List<string> Names(string table)
    {
        using var db = database.Connect();
        return db.Query($"SELECT name FROM {table} ORDER BY position", r => r.GetString(0));
    }

    private static Ticket Read(SqliteDataReader r) =>
        new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.IsDBNull(6) ? null : r.GetString(6));
}
