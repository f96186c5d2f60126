using Microsoft.Data.Sqlite;
using Paddock.Samples.HelpDesk.Accounts;

namespace Paddock.Samples.HelpDesk.Desk;

/// <summary>What an empty desk is filled with: the same tickets every time, counted back from the day it is filled.</summary>
internal static class DeskSeed
{
    private const int Tickets = 320;

    private static readonly string[] States = ["new", "open", "pending", "closed"];
    private static readonly string[] Priorities = ["low", "normal", "high", "urgent"];
    private static readonly string[] Customers = ["Ada Winter", "Bruno Keller", "Carla Moser", "Dario Weiss", "Edith Lang", "Farid Noor", "Greta Holm", "Hugo Brandt", "Ines Duarte", "Jonas Falk"];
    private static readonly string[] Things = ["printer on the second floor", "VPN", "mailbox", "invoice of last month", "projector in room 4", "time sheet", "web shop", "badge reader", "shared calendar", "backup"];
    private static readonly string[] Troubles = ["does not answer", "is slow since the update", "shows an error", "needs another user", "has to be moved", "asks for a password", "lost its settings", "is out of order"];

    public static IReadOnlyList<(string Login, string Name, string Role)> Users { get; } =
        [("anna", "Anna Agent", Account.Agent), ("adam", "Adam Admin", Account.Administrator)];

    public static void Fill(SqliteConnection db, DateTimeOffset now)
    {
        for (int i = 0; i < States.Length; i++)
            db.Run("INSERT INTO ticket_states (name, is_closed, position) VALUES ($name, $closed, $position)", ("$name", States[i]), ("$closed", States[i] == "closed"), ("$position", i));
        for (int i = 0; i < Priorities.Length; i++)
            db.Run("INSERT INTO ticket_priorities (name, position) VALUES ($name, $position)", ("$name", Priorities[i]), ("$position", i));
        var random = new Xorshift(20_300_101);
        var newest = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        for (int i = 0; i < Tickets; i++) Ticket(db, newest.AddMinutes(-i * 480 - random.Next(480)), newest, random);
    }

    private static void Ticket(SqliteConnection db, DateTimeOffset created, DateTimeOffset newest, Xorshift random)
    {
        var age = newest - created;
        var closed = created.AddMinutes(60 + random.Next(20_000));
        // Old tickets are closed, but for a few that everybody has forgotten; of new ones some are.
        bool isClosed = closed < newest && random.Next(10) < (age.TotalDays > 14 ? 9 : 4);
        string state = isClosed ? "closed" : States[age.TotalDays < 2 ? random.Next(2) : 1 + random.Next(2)];
        string priority = Priorities[random.Next(10) switch { < 2 => 0, < 7 => 1, < 9 => 2, _ => 3 }];
        string customer = Customers[random.Next(Customers.Length)], subject = $"The {Things[random.Next(Things.Length)]} {Troubles[random.Next(Troubles.Length)]}";
        db.Run(
            """
            INSERT INTO tickets (subject, customer, state_id, priority_id, created_at, closed_at) VALUES ($subject, $customer,
              (SELECT id FROM ticket_states WHERE name = $state), (SELECT id FROM ticket_priorities WHERE name = $priority), $created, $closed)
            """,
            ("$subject", subject), ("$customer", customer), ("$state", state), ("$priority", priority),
            ("$created", Sql.Stored(created)), ("$closed", isClosed ? Sql.Stored(closed) : null));
        db.Run("INSERT INTO messages (ticket_id, author, body, created_at) VALUES (last_insert_rowid(), $author, $body, $at)",
            ("$author", customer), ("$body", $"{subject}. Please have a look."), ("$at", Sql.Stored(created)));
    }

    /// <summary>Marsaglia's xorshift: the same numbers on every platform and in every version.</summary>
    private sealed class Xorshift(uint seed)
    {
        private uint _state = seed;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return (int)(_state % (uint)below);
        }
    }
}
