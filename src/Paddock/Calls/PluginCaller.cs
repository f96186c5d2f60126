using Paddock.HostApi;
using Paddock.HostApi.PluginCalls;

namespace Paddock.Calls;

/// <summary>Calls a plugin for another one. The callee runs on its own grants; whose call it is and through whom it came is the host's word.</summary>
internal sealed class PluginCaller(Lazy<NamedCalls> calls) : IPluginCaller
{
    public async ValueTask<CallResult> CallAsync(HostCallScope caller, string plugin, string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        // SECURITY: confused deputy. On behalf of the same actor, with the least role: what a plugin may call is decided by the
        // grant that was checked, never by who happens to use it.
        var principal = new Principal(caller.Tenant, caller.Actor, PrincipalRole.Agent);
        var call = new NamedCall { Function = function, Input = arguments, Language = caller.Language, Timeout = TimeSpan.MaxValue };
        var result = await calls.Value.CallFromPluginAsync(principal, plugin, call, caller, cancellationToken).ConfigureAwait(false);
        return result.TryGetValue(out var outcome, out var error)
            ? outcome.Result
            : new CallResult { Status = CallStatus.Denied, Error = new CallError(error.Code, error.Message) };
    }
}
