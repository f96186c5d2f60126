using System.Diagnostics;
using System.Net;

namespace Paddock.Bench.Soak;

/// <summary>The process under soak, as its clients see it.</summary>
internal sealed class SoakHost(string folder) : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private Process? _process;
    private Uri? _address;

    internal async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [SoakServer.Command, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _address = new Uri(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The host did not start."));
    }

    internal async Task InstallAllAsync()
    {
        await ControlAsync("trust", "-", 0);
        foreach (var name in SoakPackages.All) await ControlAsync("install", name, 0);
    }

    /// <summary>kill -9, at whatever it is doing.</summary>
    internal async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>A path's status and text; null where the host went away meanwhile.</summary>
    internal async Task<(HttpStatusCode Status, string Text)?> AskAsync(string path)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(_address!, path));
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>An operator's act.</summary>
    internal async Task<string> ControlAsync(string act, string plugin, int number) => await AskAsync($"/control/{act}/{plugin}/{number}") is (HttpStatusCode.OK, var text)
        ? text
        : throw new InvalidOperationException($"The host did not {act} {plugin} {number}.");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is null) return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
