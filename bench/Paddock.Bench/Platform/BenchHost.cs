using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Paddock.AspNetCore;

namespace Paddock.Bench.Platform;

/// <summary>An application with Paddock, on Kestrel on loopback.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo? _folder;

    private BenchHost(WebApplication app, DirectoryInfo? folder) => (_app, _folder) = (app, folder);

    internal static Principal Operator { get; } = new(Principal.DefaultTenant, "operator", PrincipalRole.Operator);

    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    internal IPackageService Packages => Get<IPackageService>();

    /// <param name="folder">Where the data is; null for a folder that goes with the host.</param>
    /// <param name="map">Maps what the application has besides.</param>
    internal static async Task<BenchHost> StartAsync(string? folder = null, Action<WebApplication>? map = null)
    {
        var own = folder is null ? Directory.CreateTempSubdirectory("paddock-bench-") : null;
        var builder = Builder();
        builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = Path.Combine(folder ?? own!.FullName, "data");
            o.Limits = o.Limits with { HostCalls = 100_000 };
            o.PluginsPerOwner = 2000;
        }).AddJavaScript().AddWebAssembly().AddHttpApi();
        var app = builder.Build();
        app.MapPaddock();
        map?.Invoke(app);
        await app.StartAsync();
        return new BenchHost(app, own);
    }

    /// <summary>An application with nothing but one endpoint that answers with these bytes.</summary>
    internal static async Task<BenchHost> StartBareAsync(byte[] answer)
    {
        var app = Builder().Build();
        app.MapGet("/bench", async context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
        });
        await app.StartAsync();
        return new BenchHost(app, null);
    }

    internal T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    internal async Task InstallAsync(BenchPackage package)
    {
        var installed = Value(await Packages.InstallAsync(Operator, package.Source));
        if (!installed.Active) Value(await Packages.SetPolicyAsync(Operator, package.Name, BenchPackage.Policy, installed.Digest));
    }

    internal async Task<CallResult> CallAsync(string plugin, string function, string input = "null")
    {
        var call = new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input) };
        var result = Value(await Get<IPluginCalls>().CallAsync(Operator, plugin, call)).Result;
        return result.Status == CallStatus.Completed ? result : throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    internal static T Value<T>(Result<T> result) => result.TryGetValue(out var value, out var error)
        ? value
        : throw new InvalidOperationException($"{error.Code} {error.Message} {string.Join("; ", error.Findings.Select(f => f.Code + " " + f.Message))}");

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrel(o => o.AddServerHeader = false).UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
