using System.Text.Json;

namespace Paddock.HostApi;

/// <summary>shell.execute. Needs a sandbox for processes, which this host does not have: with a grant the answer says so, without one it is denied like anything else.</summary>
internal sealed class ExecuteCommand() : HostFunction("shell.execute", PermissionType.Shell, Access.Execute, "command", "args", "cwd", "timeoutMs", "dryRun")
{
    internal override string Target(JsonElement arguments) => Arguments.Text(arguments, "command");

    internal override bool Covers(Permission granted, JsonElement arguments) =>
        granted.Scope.Contains(Arguments.Text(arguments, "command"), StringComparer.Ordinal);

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(HostReply.Fail(ErrorCodes.RuntimeUnavailable, "This host cannot start programs for plugins."));
}
