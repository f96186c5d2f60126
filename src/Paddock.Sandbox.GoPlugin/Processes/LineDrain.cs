using Paddock.Sandbox.GoPlugin.Calls;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>Reads what a process prints, so that it never has to wait for a reader, and hands it to the log of the call under way, line by line.</summary>
internal static class LineDrain
{
    /// <summary>Until the stream ends. Never faults.</summary>
    internal static async Task RunAsync(Stream stream, LogSeverity severity, IHostCalls calls)
    {
        var lines = new LineBuffer(severity, calls);
        try
        {
            while (await stream.ReadAsync(lines.Free).ConfigureAwait(false) is var read and > 0) lines.Advance(read);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone.
        }

        lines.End();
    }
}
