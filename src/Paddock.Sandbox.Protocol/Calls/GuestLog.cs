using System.Text;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>What one call has logged, from whichever thread. Within limits; beyond them the call ends.</summary>
// SECURITY: a log flood, and control characters that forge lines or drive a terminal.
internal sealed class GuestLog(Limits limits, TimeProvider clock, Action breach)
{
    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly StringBuilder _errorLine = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _bytes;

    /// <summary>What is there now.</summary>
    internal IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate) return _entries.Count == 0 ? [] : _entries.ToArray();
        }
    }

    internal void Add(LogSeverity severity, string message)
    {
        lock (_gate)
        {
            var length = Encoding.UTF8.GetByteCount(message);
            if (_entries.Count < limits.LogEntries && length <= limits.LogBytes - _bytes)
            {
                _bytes += length;
                _entries.Add(new LogEntry(clock.GetUtcNow(), severity, GuestText.Clean(message)));
                return;
            }
        }

        breach();
    }

    /// <summary>What the guest wrote to its standard error, a line an entry.</summary>
    internal void AddError(ReadOnlySpan<byte> utf8)
    {
        Span<char> characters = new char[Encoding.UTF8.GetMaxCharCount(utf8.Length)];
        lock (_gate)
        {
            characters = characters[.._decoder.GetChars(utf8, characters, flush: false)];
            if (_errorLine.Length + characters.Length <= limits.LogBytes) _errorLine.Append(characters);
            else characters = [];
        }

        if (characters.IsEmpty && !utf8.IsEmpty) breach();
        else AddLines();
    }

    /// <summary>The last line, which has no end.</summary>
    internal void EndErrorLine()
    {
        string line;
        lock (_gate)
        {
            line = _errorLine.ToString();
            _errorLine.Clear();
        }

        if (line.Length > 0) Add(LogSeverity.Warn, line);
    }

    private void AddLines()
    {
        string[] lines;
        lock (_gate)
        {
            var text = _errorLine.ToString();
            var end = text.LastIndexOf('\n');
            if (end < 0) return;
            lines = text[..end].Split('\n');
            _errorLine.Remove(0, end + 1);
        }

        foreach (var line in lines) Add(LogSeverity.Warn, line.TrimEnd('\r'));
    }
}
