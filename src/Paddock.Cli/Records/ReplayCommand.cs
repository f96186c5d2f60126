using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Paddock.Cli;

/// <summary><c>paddock replay</c>: recorded calls, run again offline.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var data = DataOption.Create();
        var id = new Argument<string?>("ID") { Description = "Id of the execution that was recorded.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print what came of it as JSON." };
        var command = new Command("replay", "Run a recorded call again: the same code, input, replies, time and randomness, and no effect. Exits with 1 where it diverges.") { id, data, json };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(id) is { } execution
            ? LocalHost.RunAsync(DataOption.Path(parsed, data), host => ReplayAsync(host, execution, parsed.GetValue(json), cancellationToken), cancellationToken)
            : FindingOutput.ProblemAsync("name the execution to replay; paddock replay list shows those that were recorded", ExitCode.Usage));
        command.Add(CreateEnable());
        command.Add(CreateDisable());
        command.Add(CreateList());
        return command;
    }

    private static Command CreateEnable()
    {
        var data = DataOption.Create();
        var plugin = new Argument<string>("PLUGIN") { Description = "Id of the plugin." };
        var hours = new Option<int>("--hours") { Description = "How long, at most 168.", DefaultValueFactory = _ => 24, HelpName = "HOURS" };
        var command = new Command("enable", "Record all calls of a plugin for a while.") { plugin, hours, data };
        command.SetAction((parsed, cancellationToken) => LocalHost.RunAsync(DataOption.Path(parsed, data), async host =>
        {
            var enabled = await host.Services.GetRequiredService<IReplayService>()
                .EnableAsync(host.User, parsed.GetRequiredValue(plugin), TimeSpan.FromHours(parsed.GetValue(hours)), cancellationToken);
            if (!enabled.TryGetValue(out var consent, out var refusal)) return await FindingOutput.RefusedAsync(refusal);
            await Console.Out.WriteLineAsync($"recording {consent.PluginId} until {consent.ExpiresAt:u}");
            return ExitCode.Completed;
        }, cancellationToken));
        return command;
    }

    private static Command CreateDisable()
    {
        var data = DataOption.Create();
        var plugin = new Argument<string>("PLUGIN") { Description = "Id of the plugin." };
        var purge = new Option<bool>("--purge") { Description = "Remove its recordings too." };
        var command = new Command("disable", "Record no more calls of a plugin.") { plugin, purge, data };
        command.SetAction((parsed, cancellationToken) => LocalHost.RunAsync(DataOption.Path(parsed, data), async host =>
        {
            var disabled = await host.Services.GetRequiredService<IReplayService>().DisableAsync(host.User, parsed.GetRequiredValue(plugin), parsed.GetValue(purge), cancellationToken);
            if (!disabled.TryGetValue(out int removed, out var refusal)) return await FindingOutput.RefusedAsync(refusal);
            await Console.Out.WriteLineAsync($"not recorded any more; {removed} recordings removed");
            return ExitCode.Completed;
        }, cancellationToken));
        return command;
    }

    private static Command CreateList()
    {
        var data = DataOption.Create();
        var plugin = new Option<string?>("--plugin") { Description = "Of one plugin only.", HelpName = "ID" };
        var command = new Command("list", "List recorded calls, newest first.") { plugin, data };
        command.SetAction((parsed, cancellationToken) => LocalHost.RunAsync(DataOption.Path(parsed, data), async host =>
        {
            var listed = await host.Services.GetRequiredService<IReplayService>().ListAsync(host.User, parsed.GetValue(plugin), 200, cancellationToken);
            if (!listed.TryGetValue(out var recordings, out var refusal)) return await FindingOutput.RefusedAsync(refusal);
            foreach (var r in recordings) await Console.Out.WriteLineAsync($"{r.Id}  {r.At:u}  {r.PluginId}  {r.Status}  {r.Bytes.ToString(CultureInfo.InvariantCulture)} bytes");
            return ExitCode.Completed;
        }, cancellationToken));
        return command;
    }

    private static async Task<int> ReplayAsync(LocalHost host, string id, bool json, CancellationToken cancellationToken)
    {
        var replayed = await host.Services.GetRequiredService<IReplayService>().ReplayAsync(host.User, id, cancellationToken);
        if (!replayed.TryGetValue(out var outcome, out var refusal)) return await FindingOutput.RefusedAsync(refusal);
        await RunOutput.WriteAsync(outcome.Replayed, json);
        if (outcome.Divergence is not { } divergence) return ExitCode.Completed;
        return await FindingOutput.ProblemAsync($"{ReplayCodes.Diverged} at {divergence.Step}: {divergence.Message} It learns something that is not recorded, while it initialises for instance.", ExitCode.GuestFault);
    }
}
