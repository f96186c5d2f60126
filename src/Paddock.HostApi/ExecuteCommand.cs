using System.Text.Json;

namespace Paddock.HostApi;

/// <summary>shell.execute. Needs a sandbox for processes, which this host does not have: with a grant the answer says so, without one it is denied like anything else.</summary>
internal sealed class ExecuteCommand() : HostFunction("shell.execute", PermissionType.Shell, Access.Execute, "command", "args", "cwd", "timeoutMs", "dryRun")
{
    internal override string Target(JsonElement arguments) => Arguments.Text(arguments, "command");

    internal override Grant? Covering(IEnumerable<Grant> grants, JsonElement arguments) =>
        grants.FirstOrDefault(g => g.Permission.Scope.Contains(Arguments.Text(arguments, "command"), StringComparer.Ordinal));

    internal override ValueTask<HostReply> PerformAsync(JsonElement arguments, Grant grant, HostCallScope scope, CancellationToken cancellationToken) =>
        ValueTask.FromResult(HostReply.Fail(ErrorCodes.RuntimeUnavailable, "This host cannot start programs for plugins."));
}
