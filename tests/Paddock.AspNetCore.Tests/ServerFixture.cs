using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.Sandbox.Wasm.JavaScript;

[assembly: AssemblyFixture(typeof(Paddock.AspNetCore.Tests.ServerFixture))]

namespace Paddock.AspNetCore.Tests;

/// <summary>A whole server, with its real store and its real sandbox, on Kestrel on a free loopback port.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("paddock-http-");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private WebApplication _app = null!;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>A client without a token.</summary>
    public ApiClient Anonymous { get; private set; } = null!;

    public ApiClient Author { get; private set; } = null!;

    public ApiClient Operator { get; private set; } = null!;

    /// <summary>An author of the same tenant to whom nothing of <see cref="Author"/> belongs.</summary>
    public ApiClient OtherAuthor { get; private set; } = null!;

    public ApiClient OtherTenant { get; private set; } = null!;

    public ApiClient Agent { get; private set; } = null!;

    /// <summary>A folder that may be granted.</summary>
    public string GrantableFolder => _folder.CreateSubdirectory("granted").FullName;

    public async ValueTask InitializeAsync()
    {
        // Development, where an application's own error page would show a stack trace if anything reached it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls("http://127.0.0.1:0");
        builder.Services.AddPaddock(o => o.DataDirectory = Path.Combine(_folder.FullName, "data"))
            .AddRuntime(_ => new JavaScriptRuntime())
            .AddJavaScriptAnalyzer(s => new JavaScriptAnalyzer(s.GetServices<ISandboxRuntime>().OfType<JavaScriptRuntime>().Single()))
            .AddJobs()
            .AddHttpApi(o =>
            {
                o.OwnsAllPaths = true;
                o.AllowedHosts.Add("plugins.example.test");
            });
        _app = builder.Build();
        _app.MapPaddock();
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _http.BaseAddress = Address;
        var tokens = _app.Services.GetRequiredService<ITokenStore>();
        var first = await tokens.EnsureFirstTokensAsync();
        Anonymous = WithToken(null);
        Author = WithToken(first!.Author);
        Operator = WithToken(first.Operator);
        OtherAuthor = await ClientAsync(tokens, new Principal(Principal.DefaultTenant, "somebody-else", PrincipalRole.Author));
        OtherTenant = await ClientAsync(tokens, new Principal("another-tenant", "author", PrincipalRole.Operator));
        Agent = await ClientAsync(tokens, new Principal(Principal.DefaultTenant, "author", PrincipalRole.Agent));
    }

    public ApiClient WithToken(string? token) => new(_http, token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<ApiClient> ClientAsync(ITokenStore tokens, Principal principal) => WithToken(await tokens.CreateAsync(principal));
}
