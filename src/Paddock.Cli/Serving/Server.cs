using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.AspNetCore;
using Paddock.Policy;
using Paddock.Sandbox.Container;

namespace Paddock.Cli;

/// <summary>Runs the server until it is told to stop. What a program needs goes to standard output, line by line; the log goes to standard error.</summary>
internal static class Server
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(options);
            await app.StartAsync(cancellationToken);
            await WarnAsync(options.Isolation, app.Services.GetRequiredService<IProcessLauncher>());
            await WarnOfLevelAsync(options.Isolation.Level, app.Services.GetRequiredService<ContainerEngine>(), cancellationToken);
            await PrintTokensAsync(app.Services.GetRequiredService<ITokenStore>(), cancellationToken);
            foreach (string address in Addresses(app)) await Console.Out.WriteLineAsync($"ready: {address}");
            var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
            await using var stop = cancellationToken.Register(lifetime.StopApplication);
            if (options.StopWithInput) _ = StopWithInputAsync(lifetime);
            await app.WaitForShutdownAsync(CancellationToken.None);
            return ExitCode.Completed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
    }

    private static WebApplication Build(ServeOptions options)
    {
        // Nothing is read from the working directory: no appsettings.json of whoever's folder this is.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a start that fails is told by the tool itself, once
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = Grace);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrel(o => o.AddServerHeader = false).UseUrls(options.Url);
        builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = options.Data;
            o.SafeMode = options.SafeMode;
            o.PackagesDirectory = options.Plugins;
            o.Isolation = options.Isolation;
            o.Trust = o.Trust with { RequireSignatures = options.RequireSignatures };
        }).AddJavaScript().AddWebAssembly().AddWorkers().AddProcesses().AddGoPlugins().AddShell().AddHttp()
            .AddContainers(new ContainerOptions { StateDirectory = Path.Combine(options.Data, "containers"), Socket = options.Engine })
            .AddJobs().AddHttpApi(http =>
        {
            http.OwnsAllPaths = true;
            foreach (string host in options.Hosts) http.AllowedHosts.Add(host);
        });
        var app = builder.Build();
        app.MapPaddock();
        return app;
    }

    // Told at the start, not with the first plugin that does not run.
    private static async Task WarnAsync(IsolationRules isolation, IProcessLauncher launcher)
    {
        if (isolation.Untrusted == IsolationLevel.InProcess)
            await Console.Error.WriteLineAsync("paddock: code that no trusted key signed runs in this process, behind the engine alone.");
        else if (launcher.Missing.Count > 0)
            await Console.Error.WriteLineAsync("paddock: this machine cannot sandbox programs, so plugins that no trusted key signed do not run; 'paddock doctor' says what is missing.");
    }

    // A back end that is not here leaves its plugins out, and says so.
    private static async Task WarnOfLevelAsync(IsolationLevel level, ContainerEngine engine, CancellationToken cancellationToken)
    {
        if (level < IsolationLevel.Container) return;
        string lacks = level > IsolationLevel.Container
            ? $"This host has no sandbox of the level {level.ToString().ToLowerInvariant()}."
            : string.Join(' ', (await engine.MissingAsync(cancellationToken)).Select(part => $"{part.Message} {part.Mend}"));
        if (lacks.Length > 0) await Console.Error.WriteLineAsync($"paddock: plugins that the settings of isolation hold for do not run. {lacks}");
    }

    private static async Task PrintTokensAsync(ITokenStore tokens, CancellationToken cancellationToken)
    {
        if (await tokens.EnsureFirstTokensAsync(cancellationToken) is not { } first) return;
        await Console.Out.WriteLineAsync("These tokens are shown this once; only their hashes are kept.");
        await Console.Out.WriteLineAsync($"author token: {first.Author}");
        await Console.Out.WriteLineAsync($"operator token: {first.Operator}");
    }

    private static IEnumerable<string> Addresses(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static async Task StopWithInputAsync(IHostApplicationLifetime lifetime)
    {
        var input = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        while (await input.ReadAsync(buffer) > 0)
        {
            // What is sent does not matter, only that the sender is still there.
        }

        lifetime.StopApplication();
    }
}
