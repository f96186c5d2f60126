namespace Paddock.Samples.HelpDesk.Desk;

/// <summary>A ticket as lists show it. Times are UTC, as they are kept.</summary>
internal sealed record Ticket(long Id, string Subject, string Customer, string State, string Priority, string CreatedAt, string? ClosedAt)
{
    public bool IsClosed => ClosedAt is not null;
}

/// <summary>What somebody wrote.</summary>
internal sealed record Message(string Author, string Body, string CreatedAt);

/// <summary>Which tickets a list shows.</summary>
internal sealed record TicketFilter(string? State, string? Priority, string? Text, int Page)
{
    public const int PageSize = 25;
}
