using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary>Runs one JavaScript file by the way every plugin takes: verified, admitted, granted, called and audited.</summary>
internal static class SingleRun
{
    public static async Task<int> RunAsync(IServiceProvider services, RunOptions options, CancellationToken cancellationToken)
    {
        var created = await services.GetRequiredService<IPluginService>().CreateAsync(RunHost.User, await ReadAsync(options, cancellationToken), cancellationToken);
        if (!created.TryGetValue(out var plugin, out var refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        foreach (var permission in options.Allowed)
        {
            var granted = await services.GetRequiredService<IPermissionService>()
                .GrantAsync(RunHost.User, new GrantRequest { PluginId = plugin.Id, Permission = permission }, cancellationToken);
            if (!granted.TryGetValue(out _, out refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        }

        var request = new ExecuteRequest
        {
            Input = JsonElement.Parse(options.Input),
            TimeoutMs = (long)options.Limits.Timeout.TotalMilliseconds,
            Function = options.Function,
        };
        var executed = await services.GetRequiredService<IExecutionService>().ExecuteAsync(RunHost.User, plugin.Id, request, cancellationToken);
        if (!executed.TryGetValue(out var outcome, out refusal)) return await RunOutput.RefusedAsync(refusal, options.Json);
        await RunOutput.WriteAsync(outcome.Result, options.Json);
        return ExitCode.Of(outcome.Result.Status);
    }

    private static async Task<PluginDraft> ReadAsync(RunOptions options, CancellationToken cancellationToken)
    {
        string name = Path.GetFileNameWithoutExtension(options.Path);
        return new PluginDraft
        {
            Name = name.Length is >= 2 and <= 100 ? name : "plugin",
            Code = await File.ReadAllTextAsync(options.Path, cancellationToken),
        };
    }
}
