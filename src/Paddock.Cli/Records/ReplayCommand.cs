using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock replay</c>: recorded calls, run again offline.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("ID") { Description = "Id of the execution that was recorded.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print what came of it as JSON." };
        var command = HostCommand.Create("replay", "Run a recorded call again: the same code, input, replies, time and randomness, and no effect. Exits with 1 where it diverges.",
            (parsed, host, cancellationToken) => ReplayAsync(host, parsed.GetRequiredValue(id)!, parsed.GetValue(json), cancellationToken), id, json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null) result.AddError("name the execution to replay; paddock replay list shows those that were recorded");
        });
        command.Add(CreateEnable());
        command.Add(CreateDisable());
        command.Add(CreateList());
        return command;
    }

    private static Command CreateEnable()
    {
        var plugin = Plugin();
        var hours = new Option<int>("--hours") { Description = "How long, at most 168.", DefaultValueFactory = _ => 24, HelpName = "HOURS" };
        return HostCommand.Create("enable", "Record all calls of a plugin for a while.", async (parsed, host, cancellationToken) =>
        {
            var consent = await host.RecordAsync(parsed.GetRequiredValue(plugin), parsed.GetValue(hours), cancellationToken);
            await Console.Out.WriteLineAsync($"recording {consent.PluginId} until {consent.ExpiresAt:u}");
            return ExitCode.Completed;
        }, plugin, hours);
    }

    private static Command CreateDisable()
    {
        var plugin = Plugin();
        var purge = new Option<bool>("--purge") { Description = "Remove its recordings too." };
        return HostCommand.Create("disable", "Record no more calls of a plugin.", async (parsed, host, cancellationToken) =>
        {
            int removed = await host.StopRecordingAsync(parsed.GetRequiredValue(plugin), parsed.GetValue(purge), cancellationToken);
            await Console.Out.WriteLineAsync($"not recorded any more; {removed} recordings removed");
            return ExitCode.Completed;
        }, plugin, purge);
    }

    private static Command CreateList()
    {
        var plugin = new Option<string?>("--plugin") { Description = "Of one plugin only: its id, or the name of a package.", HelpName = "PLUGIN" };
        return HostCommand.Create("list", "List recorded calls, newest first.", async (parsed, host, cancellationToken) =>
        {
            foreach (var r in await host.RecordingsAsync(parsed.GetValue(plugin), cancellationToken))
                await Console.Out.WriteLineAsync(Terminal.Clean($"{r.Id}  {r.At:u}  {r.PluginId}  {r.Status}  {r.Bytes} bytes"));
            return ExitCode.Completed;
        }, plugin);
    }

    private static Argument<string> Plugin() => new("PLUGIN") { Description = "Id of the plugin, or name of a package." };

    private static async Task<int> ReplayAsync(IHostLink host, string id, bool json, CancellationToken cancellationToken)
    {
        var outcome = await host.ReplayAsync(id, cancellationToken);
        await RunOutput.WriteAsync(outcome.Replayed, json);
        if (outcome.OwnSources) await Console.Error.WriteLineAsync("paddock: clock and randomness were this machine's own; only what host calls answered is the recording's.");
        if (outcome.Divergence is not { } divergence) return ExitCode.Completed;
        return await FindingOutput.ProblemAsync($"{ReplayCodes.Diverged} at {divergence.Step}: {divergence.Message} It learns something that is not recorded, while it initialises for instance.", ExitCode.GuestFault);
    }
}
