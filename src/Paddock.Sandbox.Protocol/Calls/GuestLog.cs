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
        bool fits, ends;
        lock (_gate)
        {
            characters = characters[.._decoder.GetChars(utf8, characters, flush: false)];
            fits = _errorLine.Length + characters.Length <= limits.LogBytes;
            if (fits) _errorLine.Append(characters);
            // A long line in small pieces is not looked through again for each of them.
            ends = characters.Contains('\n');
        }

        if (!fits) breach();
        else if (ends) AddLines(last: false);
    }

    /// <summary>The last line, which may have no end.</summary>
    internal void EndErrorLine() => AddLines(last: true);

    // Whoever ends the call may come while the stream's reader is between its text and its lines: who takes text takes it out in lines.
    private void AddLines(bool last)
    {
        string text;
        lock (_gate)
        {
            text = _errorLine.ToString();
            if (!last) text = text[..(text.LastIndexOf('\n') + 1)];
            _errorLine.Remove(0, text.Length);
        }

        if (text.Length == 0) return;
        if (text[^1] == '\n') text = text[..^1];
        foreach (var line in text.Split('\n')) Add(LogSeverity.Warn, line.TrimEnd('\r'));
    }
}
