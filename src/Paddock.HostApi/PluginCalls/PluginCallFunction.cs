using System.Runtime.InteropServices;
using System.Text.Json;

namespace Paddock.HostApi.PluginCalls;

internal sealed class PluginCallFunctionGroup(IPluginCaller caller) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) => [new CallPlugin(caller)];
}

/// <summary>plugin.call {plugin, function, args?}: what the callee's function returns. A grant's scope holds plugins' names, the beginning of names (<c>ticket-*</c>), or <c>*</c>.</summary>
internal sealed class CallPlugin(IPluginCaller caller) : HostFunction("plugin.call", PermissionType.PluginCall, Access.Execute, "plugin", "function", "args")
{
    /// <summary>Most plugins that may stand between the first caller and a callee.</summary>
    internal const int MostDepth = 10;

    private const int LongestName = 100;
    private const int LongestMessage = 2000;

    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    internal override string Target(JsonElement arguments) => $"{Word(arguments, "plugin")}/{Word(arguments, "function")}";

    internal override bool Covers(Permission granted, JsonElement arguments)
    {
        var name = Word(arguments, "plugin");
        foreach (var entry in granted.Scope)
        {
            if (entry == "*" || entry == name) return true;
            if (entry.Length > 1 && entry[^1] == '*' && name.AsSpan().StartsWith(entry.AsSpan(0, entry.Length - 1), StringComparison.Ordinal)) return true;
        }

        return false;
    }

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        // SECURITY: plugins that call each other without end. The chain is the host's own record; no argument reaches it.
        if (call.Scope.Chain.Count >= MostDepth)
            return HostReply.Fail(ErrorCodes.CallDepthLimit, $"More than {MostDepth} plugins would be calling each other.");
        var arguments = call.Arguments.TryGetProperty("args", out var args) ? JsonMarshal.GetRawUtf8Value(args).ToArray() : Null;
        var result = await caller.CallAsync(call.Scope, Word(call.Arguments, "plugin"), Word(call.Arguments, "function"), arguments, cancellationToken).ConfigureAwait(false);
        if (result.Status == CallStatus.Completed) return HostReply.Ok(result.Value);
        var error = result.Error ?? new CallError(ErrorCodes.HostError, "The call did not complete.");

        // The callee's stack stays with the callee.
        return HostReply.Fail(error.Code, error.Message.Length > LongestMessage ? error.Message[..LongestMessage] : error.Message);
    }

    private static string Word(JsonElement arguments, string member)
    {
        var name = Arguments.Text(arguments, member);
        if (name.Length is 0 or > LongestName || name.Contains('*') || name.Any(char.IsControl)) throw Arguments.Invalid($"{member} is no name.");
        return name;
    }
}
