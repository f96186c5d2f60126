using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Paddock.EndToEnd.Tests;

/// <summary>A server as a user starts it: the built program, on a free port, with a data directory.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri address, IReadOnlyList<string> printed)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        Address = address;
        Printed = printed;
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>The lines before the one that says that it is ready.</summary>
    public IReadOnlyList<string> Printed { get; }

    public string? Token(string role) => Printed.SingleOrDefault(l => l.StartsWith(role + " token: ", StringComparison.Ordinal))?.Split(' ')[^1];

    public static async Task<ServerProcess> StartAsync(string data, params string[] more)
    {
        var start = new ProcessStartInfo(Built.Paddock) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (string argument in new[] { "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--stop-with-input" }.Concat(more)) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("ready: ", StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }

            var server = new ServerProcess(process, new Uri(line["ready: ".Length..]), lines);
            Assert.Equal(HttpStatusCode.OK, (await server._http.GetAsync("/health/ready", patience.Token)).StatusCode);
            return server;
        }

        throw new InvalidOperationException("The server ended before it was ready: " + string.Join('\n', lines));
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string token, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
