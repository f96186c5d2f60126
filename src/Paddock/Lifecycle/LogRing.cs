namespace Paddock.Lifecycle;

/// <summary>The newest log entries of a plugin; a new one beyond its size drops the oldest.</summary>
internal sealed class LogRing
{
    private const int Size = 1000;
    private readonly Lock _gate = new();
    private readonly Queue<LogEntry> _entries = new();

    public void Add(IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0) return;
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                if (_entries.Count == Size) _entries.Dequeue();
                _entries.Enqueue(entry);
            }
        }
    }

    public IReadOnlyList<LogEntry> Read(LogSeverity least)
    {
        lock (_gate) return [.. _entries.Where(e => e.Severity >= least)];
    }

    public void Clear()
    {
        lock (_gate) _entries.Clear();
    }
}
