using System.Buffers;
using Paddock.Sandbox.Wasm.Calls;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>A stream of text as log entries, one a line.</summary>
internal sealed class LineLog(CallLog log, LogSeverity severity)
{
    private readonly ArrayBufferWriter<byte> _line = new();

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            Append(bytes[..end]);
            log.Add(severity, _line.WrittenSpan);
            _line.ResetWrittenCount();
            bytes = bytes[(end + 1)..];
        }

        Append(bytes);
    }

    internal void End()
    {
        if (_line.WrittenCount > 0) log.Add(severity, _line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_line.WrittenCount + bytes.Length > log.BytesLeft) throw new LimitBreachException(ErrorCodes.LogLimit);
        _line.Write(bytes);
    }
}
