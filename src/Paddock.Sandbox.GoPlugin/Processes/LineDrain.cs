using Paddock.Sandbox.GoPlugin.Calls;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>Reads what a process prints, so that it never has to wait for a reader, and hands it to the log of the call under way, line by line.</summary>
internal static class LineDrain
{
    /// <summary>Longer lines are cut into several.</summary>
    private const int MaxLineBytes = 8 << 10;

    /// <summary>Until the stream ends. Never faults.</summary>
    internal static async Task RunAsync(Stream stream, LogSeverity severity, IHostCalls calls)
    {
        var buffer = new byte[MaxLineBytes];
        var length = 0;
        try
        {
            while (await stream.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false) is var read and > 0)
            {
                length = Log(buffer, length + read, severity, calls);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone.
        }

        if (length > 0) calls.Log(severity, buffer.AsSpan(0, length));
    }

    /// <summary>Logs every whole line; how many bytes are left at the buffer's start.</summary>
    private static int Log(byte[] buffer, int length, LogSeverity severity, IHostCalls calls)
    {
        var rest = buffer.AsSpan(0, length);
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            calls.Log(severity, rest[..end]);
            rest = rest[(end + 1)..];
        }

        if (rest.Length == buffer.Length)
        {
            calls.Log(severity, rest);
            return 0;
        }

        rest.CopyTo(buffer);
        return rest.Length;
    }
}
