using System.Text;

namespace Paddock.Plugins;

/// <summary>What takes the place of <see cref="Console"/>'s writers: each line is one of the log's. <see cref="Console"/> lets one thread in at a time.</summary>
internal sealed class LogWriter(Action<string> log) : TextWriter
{
    private const int MaxLine = 65536;
    private readonly StringBuilder _line = new();
    private readonly Lock _gate = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            Write(value.AsSpan());
            Write(['\n']);
        }
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            for (var end = buffer.IndexOf('\n'); end >= 0; end = buffer.IndexOf('\n'))
            {
                _line.Append(buffer[..end]);
                buffer = buffer[(end + 1)..];
                Send();
            }

            _line.Append(buffer);
            if (_line.Length > MaxLine) Send();
        }
    }

    /// <summary>Logs what has no end yet.</summary>
    internal void End()
    {
        lock (_gate)
        {
            if (_line.Length > 0) Send();
        }
    }

    private void Send()
    {
        if (_line.Length > 0 && _line[^1] == '\r') _line.Length--;
        var line = _line.ToString();
        _line.Clear();
        log(line);
    }
}
