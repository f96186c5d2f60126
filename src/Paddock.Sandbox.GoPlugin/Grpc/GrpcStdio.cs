using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>go-plugin's GRPCStdio: what the plugin prints, as a stream of StdioData {channel, data}, in pieces that are no lines. Its early versions do not have the service, and print nowhere.</summary>
internal static class GrpcStdio
{
    private const string Method = "plugin.GRPCStdio/StreamStdio";
    private const int MaxMessageBytes = 64 << 10, StandardOutput = 1, StandardError = 2;

    /// <summary>Until the stream ends. Never faults.</summary>
    internal static async Task DrainAsync(GrpcChannel channel, IHostCalls calls, CancellationToken cancellationToken)
    {
        LineBuffer output = new(LogSeverity.Info, calls), error = new(LogSeverity.Warn, calls);
        try
        {
            using var response = await channel.SendAsync(Method, new ByteArrayContent(GrpcFrame.Write(default)), cancellationToken).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            while (await GrpcFrame.ReadAsync(body, MaxMessageBytes, ErrorCodes.ProtocolError, cancellationToken).ConfigureAwait(false) is { } message)
            {
                var data = new ProtoMessage(message);
                if (data.Number(1) == StandardOutput) output.Add(data.Bytes(2).Span);
                else if (data.Number(1) == StandardError) error.Add(data.Bytes(2).Span);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ProtocolException or OperationCanceledException or ObjectDisposedException)
        {
            // The plugin is gone, or has no such service.
        }

        output.End();
        error.End();
    }
}
