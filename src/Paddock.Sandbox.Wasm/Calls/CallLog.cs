using System.Text;

namespace Paddock.Sandbox.Wasm.Calls;

/// <summary>What one call, or one initialisation, has logged. Within limits; beyond them the guest is ended.</summary>
internal sealed class CallLog(Limits limits, TimeProvider clock)
{
    private readonly List<LogEntry> _entries = [];
    private int _bytes;

    internal IReadOnlyList<LogEntry> Entries => _entries;

    /// <summary>Greatest UTF-8 length of the next message.</summary>
    internal int BytesLeft => limits.LogBytes - _bytes;

    /// <param name="severity">How loud.</param>
    /// <param name="message">Already cleaned.</param>
    /// <exception cref="LimitBreachException">Too many entries.</exception>
    internal void Add(LogSeverity severity, string message)
    {
        _bytes += Encoding.UTF8.GetByteCount(message);
        if (_entries.Count >= limits.LogEntries) throw new LimitBreachException(ErrorCodes.LogLimit);
        _entries.Add(new LogEntry(clock.GetUtcNow(), severity, message));
    }

    /// <summary>Adds what a guest wrote, as UTF-8 in its memory.</summary>
    /// <exception cref="LimitBreachException">Too many entries, or too many bytes.</exception>
    internal void Add(LogSeverity severity, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesLeft) throw new LimitBreachException(ErrorCodes.LogLimit);
        Add(severity, GuestText.Clean(Encoding.UTF8.GetString(utf8)));
    }
}
