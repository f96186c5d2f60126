namespace Paddock.Lifecycle;

/// <summary>The newest log entries of a plugin; a new one beyond its number or size drops the oldest.</summary>
internal sealed class LogRing
{
    private const int Size = 1000;

    // SECURITY: log flood. A thousand entries of the largest kind would be hundreds of megabytes for each plugin.
    private const int Characters = 512 << 10;
    private readonly Lock _gate = new();
    private readonly Queue<LogEntry> _entries = new();
    private int _characters;

    public void Add(IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0) return;
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                _entries.Enqueue(entry);
                _characters += entry.Message.Length;
                // The newest stays, whatever its size: a call's own limits bound that.
                while (_entries.Count > Size || (_characters > Characters && _entries.Count > 1)) _characters -= _entries.Dequeue().Message.Length;
            }
        }
    }

    public IReadOnlyList<LogEntry> Read(LogSeverity least)
    {
        lock (_gate) return [.. _entries.Where(e => e.Severity >= least)];
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _characters = 0;
        }
    }
}
