using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Paddock.Sandbox.Wasm.JavaScript;

[assembly: AssemblyFixture(typeof(Paddock.AspNetCore.Tests.PlatformFixture))]

namespace Paddock.AspNetCore.Tests;

/// <summary>One application for all tests of what plugins contribute. A class takes it by <see cref="Fresh"/>, without any plugin.</summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    private PlatformServer _server = null!;

    internal PlatformServer Fresh()
    {
        _server.Platform.Reset();
        return _server;
    }

    public async ValueTask InitializeAsync() => _server = await PlatformServer.StartAsync(o =>
    {
        o.Middleware["reports"] = "Reports";
        o.HtmlClasses.Add("card");
        o.HtmlClasses.Add("table-*");
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>An application with paths, users and a policy of its own, on Kestrel, whose plugins are scripted.</summary>
internal sealed class PlatformServer : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly WebApplication _app;

    private readonly DirectoryInfo _folder;

    private PlatformServer(WebApplication app, DirectoryInfo folder) => (_app, _folder) = (app, folder);

    public ScriptedPlatform Platform { get; } = new();

    public IServiceProvider Services => _app.Services;

    public Uri Address => _http.BaseAddress!;

    public ApiClient Anonymous { get; private set; } = null!;

    public ApiClient Author { get; private set; } = null!;

    public ApiClient Operator { get; private set; } = null!;

    public ApiClient Agent { get; private set; } = null!;

    public ApiClient OtherTenant { get; private set; } = null!;

    public static async Task<PlatformServer> StartAsync(Action<PaddockHttpOptions>? configure = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls("http://127.0.0.1:0");
        PlatformServer? server = null;
        var folder = Directory.CreateTempSubdirectory("paddock-web-");
        builder.Services.AddPaddock(o => o.DataDirectory = Path.Combine(folder.FullName, "data"))
            .AddRuntime(_ => new JavaScriptRuntime())
            .AddJavaScriptAnalyzer(s => new JavaScriptAnalyzer(s.GetServices<ISandboxRuntime>().OfType<JavaScriptRuntime>().Single())).AddHttpApi(o =>
        {
            o.ApplicationScheme = UserHeader.SchemeName;
            o.Caller = user => new Principal(Principal.DefaultTenant, user.Identity!.Name!, user.IsInRole("boss") ? PrincipalRole.Operator : PrincipalRole.Agent);
            configure?.Invoke(o);
        });
        builder.Services.AddAuthentication(UserHeader.SchemeName).AddScheme<AuthenticationSchemeOptions, UserHeader>(UserHeader.SchemeName, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("Reports", p => p.RequireAuthenticatedUser().RequireRole("reporter"));
        builder.Services.AddSingleton<IContributions>(_ => server!.Platform);
        builder.Services.AddSingleton<IPluginCalls>(_ => server!.Platform);
        builder.Services.AddSingleton<IPluginLoader>(_ => server!.Platform);
        builder.Services.AddSingleton<IPluginAssets>(_ => server!.Platform);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        server = new PlatformServer(app, folder);
        app.MapPaddock();
        app.MapGet("/tickets/new", () => "the application's");
        app.MapGet("/reports/{id:int}", (int id) => $"report {id}");
        app.MapFallback(() => Results.Text("fallback", statusCode: 404));
        map?.Invoke(app);
        await server.RunAsync();
        return server;
    }

    public ApiClient User(string name, params string[] roles) => new(_http, null, r => r.Headers.Add(UserHeader.Name, string.Join(' ', [name, .. roles])));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Platform.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task RunAsync()
    {
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var tokens = _app.Services.GetRequiredService<ITokenStore>();
        Anonymous = new(_http, null);
        Author = await ClientAsync(tokens, Principal.DefaultTenant, "author", PrincipalRole.Author);
        Operator = await ClientAsync(tokens, Principal.DefaultTenant, "operator", PrincipalRole.Operator);
        Agent = await ClientAsync(tokens, Principal.DefaultTenant, "author", PrincipalRole.Agent);
        OtherTenant = await ClientAsync(tokens, "another-tenant", "operator", PrincipalRole.Operator);
    }

    private async Task<ApiClient> ClientAsync(ITokenStore tokens, string tenant, string owner, PrincipalRole role) =>
        new(_http, await tokens.CreateAsync(new Principal(tenant, owner, role)));
}

/// <summary>Signs in whoever the header names: stands for an application's cookie.</summary>
internal sealed class UserHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "UserHeader";
    public const string Name = "X-Test-User";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers[Name];
        if (header is null) return Task.FromResult(AuthenticateResult.NoResult());
        string[] words = header.Split(' ');
        var claims = words.Skip(1).Select(r => new Claim(ClaimTypes.Role, r)).Prepend(new Claim(ClaimTypes.Name, words[0]));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName)));
    }
}
