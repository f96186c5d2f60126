using System.Diagnostics;

namespace Paddock.Samples.Demo;

/// <summary>A server of its own, started as a user would start it, on a port and in a data directory that nothing else uses.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, Uri address, IReadOnlyDictionary<string, string> printed)
    {
        _process = process;
        Address = address;
        Printed = printed;
    }

    public Uri Address { get; }

    /// <summary>What it said of itself before it was ready, by what stands before the colon: tokens, passwords.</summary>
    public IReadOnlyDictionary<string, string> Printed { get; }

    public Task Ended => _process.WaitForExitAsync();

    public static async Task<Server> StartAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })
            ?? throw new InvalidOperationException("The server did not start.");
        var printed = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Split(": ", 2) is not [var label, var text]) continue;
            if (label != "ready")
            {
                printed[label] = text.Trim();
                continue;
            }

            // What it logs from now on is read and left: a full pipe would stop it.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new Server(process, new Uri(text), printed);
        }

        process.Kill();
        throw new InvalidOperationException("The server ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Closing its input is how a parent asks it to end.
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }
}
