using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>A real mail server in a process of its own. The system's python, for which Debian packages the server, not another one that comes first in the path.</summary>
public sealed class MailServer : IAsyncLifetime
{
    private Process _process = null!;

    internal int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, ArgumentList = { Path.Combine(AppContext.BaseDirectory, "smtp_server.py") } };
        _process = Process.Start(start)!;
        Port = int.Parse((await _process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    /// <summary>The next mail that it took. Only to be asked for when one was sent.</summary>
    internal async Task<Mail> NextAsync()
    {
        using var line = JsonDocument.Parse((await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        var mail = line.RootElement;
        return new Mail(mail.GetProperty("from").GetString()!, [.. mail.GetProperty("to").EnumerateArray().Select(t => t.GetString()!)], mail.GetProperty("content").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    internal sealed record Mail(string From, IReadOnlyList<string> To, string Content)
    {
        internal string Head => Content[..Content.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

        internal string Body => Encoding.UTF8.GetString(Convert.FromBase64String(Content[(Head.Length + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));
    }
}
