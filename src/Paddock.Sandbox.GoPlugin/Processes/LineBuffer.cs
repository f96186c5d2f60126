using Paddock.Sandbox.GoPlugin.Calls;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>Cuts what a process prints, in pieces of any size, into the lines of a log.</summary>
internal sealed class LineBuffer(LogSeverity severity, IHostCalls calls)
{
    /// <summary>Longer lines are cut into several.</summary>
    private const int MaxLineBytes = 8 << 10;

    private readonly byte[] _buffer = new byte[MaxLineBytes];
    private int _length;

    /// <summary>Where the next piece may be put. Never empty.</summary>
    internal Memory<byte> Free => _buffer.AsMemory(_length);

    /// <summary>A piece was put into <see cref="Free"/>.</summary>
    internal void Advance(int count)
    {
        var rest = _buffer.AsSpan(0, _length + count);
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            calls.Log(severity, rest[..end]);
            rest = rest[(end + 1)..];
        }

        if (rest.Length == _buffer.Length)
        {
            calls.Log(severity, rest);
            rest = default;
        }

        rest.CopyTo(_buffer);
        _length = rest.Length;
    }

    internal void Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var part = piece[..Math.Min(piece.Length, Free.Length)];
            part.CopyTo(Free.Span);
            Advance(part.Length);
            piece = piece[part.Length..];
        }
    }

    /// <summary>Nothing more comes: what is left is a line.</summary>
    internal void End()
    {
        if (_length > 0) calls.Log(severity, _buffer.AsSpan(0, _length));
        _length = 0;
    }
}
