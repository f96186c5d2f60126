using System.Diagnostics;

namespace Paddock.Samples.Demo;

/// <summary>A server of its own, started as a user would start it, on a port and in a data directory that nothing else uses.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, Uri address, string authorToken, string operatorToken)
    {
        _process = process;
        Address = address;
        AuthorToken = authorToken;
        OperatorToken = operatorToken;
    }

    public Uri Address { get; }

    public string AuthorToken { get; }

    public string OperatorToken { get; }

    public Task Ended => _process.WaitForExitAsync();

    public static async Task<Server> StartAsync(string program, string data, int port, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (string argument in new[] { "serve", "--urls", $"http://127.0.0.1:{port}", "--data", data, "--stop-with-input" }) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        string author = "", operatorToken = "";
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (After(line, "author token:") is { } a) author = a;
            else if (After(line, "operator token:") is { } o) operatorToken = o;
            else if (After(line, "ready:") is { } address) return new Server(process, new Uri(address), author, operatorToken);
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

    private static string? After(string line, string label) =>
        line.StartsWith(label, StringComparison.Ordinal) ? line[label.Length..].Trim() : null;
}
