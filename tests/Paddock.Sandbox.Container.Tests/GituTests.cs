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

namespace Paddock;

/// <summary>The container plugin of Gitu's guide, word for word, over HTTP.</summary>
public abstract class GituTests(EngineFixture engines)
{
    private const string Guide = """
        {
          "name": "My Container Plugin",
          "description": "Runs a Node script inside Docker",
          "code": "name: my_container_plugin\nversion: 1.0.0\ndescription: example\nruntime: node18\nentry: main.js\npermissions:\n  network: false\n  filesystem: none\n  env: []\n",
          "config": {
            "files": {
              "main.js": "console.log('hello from container');"
            }
          },
          "enabled": true
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_GuidesContainerPlugin_SaysHello()
    {
        await using var app = await StartAsync(engines.Socket);
        using var http = await ClientAsync(app);
        using var created = await PostAsync(http, "plugins", Guide, HttpStatusCode.Created);
        string id = created.RootElement.GetProperty("plugin").GetProperty("id").GetString()!;
        using var executed = await PostAsync(http, $"plugins/{id}/execute", """{"input":{"a":1}}""", HttpStatusCode.OK);
        var result = executed.RootElement.GetProperty("result");
        Assert.True(result.GetProperty("success").GetBoolean(), result.ToString());
        var value = result.GetProperty("result");
        Assert.Equal(("hello from container\n", "", 0), (value.GetProperty("stdout").GetString(), value.GetProperty("stderr").GetString(), value.GetProperty("exitCode").GetInt32()));
        Assert.True(value.TryGetProperty("durationMs", out _));
    }

    [Fact]
    public async Task Create_NoEngine_IsRefusedWithHowToGetOne()
    {
        await using var app = await StartAsync(Path.Combine(engines.Root, "none"));
        using var http = await ClientAsync(app);
        using var refused = await PostAsync(http, "plugins", Guide, HttpStatusCode.BadRequest);
        Assert.Contains(ErrorCodes.SandboxUnavailable, refused.RootElement.ToString(), StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(string socket)
    {
        await engines.ReadyAsync();
        string data = Path.Combine(engines.Root, Guid.NewGuid().ToString("n"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPaddock(o => o.DataDirectory = Path.Combine(data, "data"))
            .AddJavaScript()
            .AddContainers(engines.Options("gitu") with { StateDirectory = Path.Combine(data, "containers"), Socket = socket })
            .AddHttpApi(o => o.OwnsAllPaths = true);
        var app = builder.Build();
        app.MapPaddock();
        await app.StartAsync(Token);
        return app;
    }

    private static async Task<HttpClient> ClientAsync(WebApplication app)
    {
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var first = await app.Services.GetRequiredService<ITokenStore>().EnsureFirstTokensAsync(Token);
        var http = new HttpClient { BaseAddress = new Uri($"{address}/api/gitu/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", first!.Author);
        return http;
    }

    private static async Task<JsonDocument> PostAsync(HttpClient http, string path, string json, HttpStatusCode expected)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(path, content, Token);
        string body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode} {body}");
        return JsonDocument.Parse(body);
    }
}

[Collection("Docker")]
public sealed class DockerGituTests(DockerFixture engines) : GituTests(engines);

[Collection("Podman")]
public sealed class PodmanGituTests(PodmanFixture engines) : GituTests(engines);
