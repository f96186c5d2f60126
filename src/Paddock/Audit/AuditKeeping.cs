namespace Paddock.Audit;

/// <summary>Keeps the record of what has happened already, and so can no longer be refused.</summary>
internal static class AuditKeeping
{
    /// <summary>Posts a record; where there is no room among the posted ones, waits until it is on the disk. A denial always waits.</summary>
    public static ValueTask KeepAsync(this IAuditSink audit, AuditRecord record)
    {
        if (!record.Allowed) return audit.WriteAsync(record, CancellationToken.None);
        try
        {
            audit.Post(record);
            return ValueTask.CompletedTask;
        }
        catch (InvalidOperationException)
        {
            return audit.WriteAsync(record, CancellationToken.None);
        }
    }
}
