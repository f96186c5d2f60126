using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary>Runs one file by the way every plugin takes: verified, admitted, granted, called and audited, in a host of its own whose store is gone afterwards.</summary>
internal static class SingleRun
{
    private static readonly Principal User = new(Principal.DefaultTenant, "cli", PrincipalRole.Operator);

    public static async Task<int> ExecuteAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("paddock-run-");
        try
        {
            using var host = Build(folder.FullName, options.Limits);
            await host.StartAsync(cancellationToken);
            int code = await RunAsync(host.Services, options, cancellationToken);
            await host.StopAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IHost Build(string folder, Limits limits)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = folder;
            o.Limits = limits;
            o.DefaultTimeout = limits.Timeout;
        }).AddJavaScript();
        return builder.Build();
    }

    private static async Task<int> RunAsync(IServiceProvider services, RunOptions options, CancellationToken cancellationToken)
    {
        var created = await services.GetRequiredService<IPluginService>().CreateAsync(User, await ReadAsync(options, cancellationToken), cancellationToken);
        if (!created.TryGetValue(out var plugin, out var refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        foreach (var permission in options.Allowed)
        {
            var granted = await services.GetRequiredService<IPermissionService>()
                .GrantAsync(User, new GrantRequest { PluginId = plugin.Id, Permission = permission }, cancellationToken);
            if (!granted.TryGetValue(out _, out refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        }

        var request = new ExecuteRequest
        {
            Input = JsonElement.Parse(options.Input),
            TimeoutMs = (long)options.Limits.Timeout.TotalMilliseconds,
            Function = options.Function,
        };
        var executed = await services.GetRequiredService<IExecutionService>().ExecuteAsync(User, plugin.Id, request, cancellationToken);
        if (!executed.TryGetValue(out var outcome, out refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        await RunOutput.WriteAsync(outcome.Result, options.Json);
        return ExitCode.Of(outcome.Result.Status);
    }

    private static async Task<PluginDraft> ReadAsync(RunOptions options, CancellationToken cancellationToken)
    {
        string name = Path.GetFileNameWithoutExtension(options.File);
        return new PluginDraft
        {
            Name = name.Length is >= 2 and <= 100 ? name : "plugin",
            Code = await File.ReadAllTextAsync(options.File, cancellationToken),
        };
    }
}
