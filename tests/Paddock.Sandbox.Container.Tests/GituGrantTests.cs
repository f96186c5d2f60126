using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Paddock.AspNetCore;
using Paddock.Engines;
using Paddock.HostApi.Tests.Effects;

namespace Paddock;

/// <summary>Gitu's container plugins with <c>permissions.filesystem</c> and <c>permissions.network</c>, on a whole host, over HTTP: what an operator granted, and no more.</summary>
public abstract class GituGrantTests(EngineFixture engines) : IAsyncLifetime
{
    private const string Source = """
        import os, sys, urllib.request
        def attempt(f):
            try: return f()
            except OSError as e: return type(e).__name__
        def write(path):
            with open(path, 'w') as file: return file.write('x')
        print(attempt(lambda: open('ROOT/file').read()), attempt(lambda: write('ROOT/new')), attempt(lambda: urllib.request.urlopen('URL').read().decode()))
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("paddock-gitu-").FullName;
    private WebApplication _app = null!;
    private HttpClient _author = null!, _operator = null!;
    private Canary _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Url => $"http://127.0.0.1:{_server.Port}/";

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_111_111);
        File.WriteAllText(Path.Combine(_root, "file"), "content");
        _server = new Canary(_ => Canary.Ok("answer"));
        await engines.ReadyAsync();
        string data = Path.Combine(engines.Root, Guid.NewGuid().ToString("n"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPaddock(o => o.DataDirectory = Path.Combine(data, "data")).AddJavaScript().AddHttp()
            .AddContainers(engines.Options("gitu") with { StateDirectory = Path.Combine(data, "containers") }).AddHttpApi(o => o.OwnsAllPaths = true);
        _app = builder.Build();
        _app.MapPaddock();
        await _app.StartAsync(Token);
        var first = await _app.Services.GetRequiredService<ITokenStore>().EnsureFirstTokensAsync(Token);
        (_author, _operator) = (Client(first!.Author), Client(first.Operator));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _author?.Dispose();
        _operator?.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("none", "FileNotFoundError FileNotFoundError")]
    [InlineData("read-only", "content OSError")]
    [InlineData("read-write", "content 1")]
    public async Task Execute_FilesystemGranted_IsWhatManifestAndGrantBothSay(string filesystem, string expected)
    {
        string id = await CreateAsync(filesystem, network: false);
        await GrantAsync($$"""{"pluginId":"{{id}}","resource":"files","actions":["read","write"],"scope":{"allowedPaths":["{{_root}}"]} }""");
        Assert.Equal($"{expected} URLError\n", await ExecuteAsync(id));
        Assert.Equal(filesystem == "read-write", File.Exists(Path.Combine(_root, "new")));
    }

    [Fact]
    public async Task T60_FilesystemGrantRevoked_IsGoneAtTheNextCall()
    {
        string id = await CreateAsync("read-only", network: false);
        Assert.StartsWith("FileNotFoundError", await ExecuteAsync(id), StringComparison.Ordinal);
        string grant = await GrantAsync($$"""{"pluginId":"{{id}}","resource":"files","actions":["read"],"scope":{"allowedPaths":["{{_root}}"]} }""");
        Assert.StartsWith("content", await ExecuteAsync(id), StringComparison.Ordinal);
        using (await PostAsync(_operator, $"permissions/{grant}/revoke", "", HttpStatusCode.OK)) { }
        Assert.StartsWith("FileNotFoundError", await ExecuteAsync(id), StringComparison.Ordinal);
        Assert.True((await _app.Services.GetRequiredService<IAuditLog>().ListAsync(new Principal(Principal.DefaultTenant, "operator", PrincipalRole.Operator), id, limit: 200, cancellationToken: Token)).TryGetValue(out var records, out _));
        Assert.Equal($"read-only {_root}", Assert.Single(records, r => r.Action == "files.show").Target);
    }

    [Fact]
    public async Task Execute_NetworkGranted_ReachesTheGrantedHostAlone()
    {
        string id = await CreateAsync("none", network: true), without = await CreateAsync("none", network: false);
        Assert.EndsWith(" URLError\n", await ExecuteAsync(id), StringComparison.Ordinal);
        foreach (string plugin in (string[])[id, without])
            await GrantAsync($$"""{"pluginId":"{{plugin}}","resource":"http","actions":["execute"],"scope":{"allowedHosts":["{{Url.TrimEnd('/')}}"]} }""");
        Assert.EndsWith(" answer\n", await ExecuteAsync(id), StringComparison.Ordinal);
        Assert.Single(_server.Requests);

        // Its manifest does not ask for the network: the grant gives none.
        Assert.EndsWith(" URLError\n", await ExecuteAsync(without), StringComparison.Ordinal);

        // Another grant is another host.
        string other = await CreateAsync("none", network: true, "# other");
        await GrantAsync($$"""{"pluginId":"{{other}}","resource":"http","actions":["execute"],"scope":{"allowedHosts":["api.example.com"]} }""");
        Assert.EndsWith(" HTTPError\n", await ExecuteAsync(other), StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("/run/user")]
    [InlineData("SOCKET")]
    [InlineData("DATA")]
    public async Task T39_EnginesSocketAndHostsData_AreNotGranted(string path)
    {
        string id = await CreateAsync("read-only", network: false);
        path = path.Replace("SOCKET", engines.Root, StringComparison.Ordinal).Replace("DATA", _app.Services.GetRequiredService<PaddockOptions>().DataDirectory, StringComparison.Ordinal);
        using var refused = await PostAsync(_operator, "permissions", $$"""{"pluginId":"{{id}}","resource":"files","actions":["read"],"scope":{"allowedPaths":["{{path}}"]} }""", HttpStatusCode.BadRequest);

        // Control: a directory that is neither's.
        await GrantAsync($$"""{"pluginId":"{{id}}","resource":"files","actions":["read"],"scope":{"allowedPaths":["{{_root}}"]} }""");
    }

    private async Task<string> CreateAsync(string filesystem, bool network, string more = "")
    {
        string manifest = $"name: granted_plugin\nversion: 1.0.0\ndescription: example\nruntime: python3.11\nentry: plugin.py\npermissions:\n  network: {(network ? "true" : "false")}\n  filesystem: {filesystem}\n  env: []\n";
        string source = Source.Replace("ROOT", _root, StringComparison.Ordinal).Replace("URL'", Url + "'", StringComparison.Ordinal) + more;
        using var created = await PostAsync(_author, "plugins", JsonSerializer.Serialize(new { name = "Granted", code = manifest, config = new { files = new Dictionary<string, string> { ["plugin.py"] = source } }, enabled = true }), HttpStatusCode.Created);
        return created.RootElement.GetProperty("plugin").GetProperty("id").GetString()!;
    }

    private async Task<string> GrantAsync(string body)
    {
        using var granted = await PostAsync(_operator, "permissions", body, HttpStatusCode.Created);
        return granted.RootElement.GetProperty("permission").GetProperty("id").GetString()!;
    }

    private async Task<string> ExecuteAsync(string id)
    {
        using var executed = await PostAsync(_author, $"plugins/{id}/execute", "{}", HttpStatusCode.OK);
        var result = executed.RootElement.GetProperty("result");
        Assert.True(result.GetProperty("success").GetBoolean(), result.ToString());
        Assert.Equal("", result.GetProperty("result").GetProperty("stderr").GetString());
        return result.GetProperty("result").GetProperty("stdout").GetString()!;
    }

    private HttpClient Client(string token)
    {
        string address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var http = new HttpClient { BaseAddress = new Uri($"{address}/api/gitu/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task<JsonDocument> PostAsync(HttpClient http, string path, string json, HttpStatusCode expected)
    {
        using var content = json.Length == 0 ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(path, content, Token);
        string body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode} {body}");
        return JsonDocument.Parse(body);
    }
}

[Collection("Docker")]
public sealed class DockerGituGrantTests(DockerFixture engines) : GituGrantTests(engines);
