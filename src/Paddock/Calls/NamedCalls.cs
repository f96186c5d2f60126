using Paddock.HostApi;
using Paddock.Lifecycle;

namespace Paddock.Calls;

/// <summary>Calls of installed packages, from outside and from other plugins.</summary>
internal sealed class NamedCalls(InstalledPlugins installed, LoadedPackages packages, PaddockOptions options) : IPluginCalls
{
    // A plugin that is replaced between our reading its state and our entering it is read again. More than this many
    // replacements within one call's start do not happen by themselves.
    private const int MostReplacements = 16;
    private const int LongestFunction = 128;
    private const string GoatKit = "goatkit";

    public ValueTask<Result<ExecutionOutcome>> CallAsync(Principal caller, string plugin, NamedCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(call);
        if (call.Function.Length is 0 or > LongestFunction || call.Function.Any(char.IsControl)) return new(Invalid(ServiceErrorCodes.FunctionInvalid, "The function is no name of 1 to 128 printable characters.", "function"));
        if (call.Input.Length > options.InputBytes) return new(Invalid(ServiceErrorCodes.InputTooLarge, $"The input has more than {options.InputBytes} bytes.", "input"));
        return EnterAndRunAsync(caller, plugin, call, via: null, cancellationToken);
    }

    /// <summary>Calls on behalf of another plugin, whose permission for it was checked. The callee runs on its own grants.</summary>
    internal ValueTask<Result<ExecutionOutcome>> CallFromPluginAsync(Principal caller, string plugin, NamedCall call, HostCallScope via, CancellationToken cancellationToken) =>
        EnterAndRunAsync(caller, plugin, call, via, cancellationToken);

    private async ValueTask<Result<ExecutionOutcome>> EnterAndRunAsync(
        Principal caller, string name, NamedCall call, HostCallScope? via, CancellationToken cancellationToken)
    {
        ServiceError? error = ServiceError.PluginChanged;
        for (int attempt = 0; attempt < MostReplacements; attempt++)
        {
            if (installed.IsStopped) return ServiceError.SafeMode;
            if (installed.Find(caller.Tenant, name) is not { } live) return ServiceError.PluginNotFound;
            var state = live.State;
            if (state.Refusal is { } refusal) return refusal;
            var active = state.Active!;
            if (call.Digest is { } meant && meant != active.Digest) return ServiceError.PluginChanged;
            if (!MayCall(caller, active, call, via is not null)) return ServiceError.FunctionNotCallable;
            if (attempt == 0 && !packages.Admit(live, state)) return ServiceError.RateLimited;
            var entered = await packages.EnterAsync(live, active.Digest, cancellationToken).ConfigureAwait(false);
            if (entered.TryGetValue(out var plugin, out error) && installed.IsStopped)
            {
                // Everything was stopped while it was being loaded.
                plugin.Exit();
                return ServiceError.SafeMode;
            }

            if (error is null) return await RunAsync(plugin!, ToCall(caller, call, state, via), cancellationToken).ConfigureAwait(false);
            if (error.Code != ServiceErrorCodes.PluginChanged) return error;
        }

        return error;
    }

    private static async ValueTask<Result<ExecutionOutcome>> RunAsync(Plugin plugin, PluginCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await plugin.RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            plugin.Exit();
        }
    }

    // GoatKit's plugins call any function of each other, as far as the scope of the caller's permission lets them; natively
    // a plugin offers its exports.
    private static bool MayCall(Principal caller, ActiveVersion active, NamedCall call, bool fromPlugin) => fromPlugin
        ? active.Manifest.Dialect == GoatKit || active.Exports(call.Function)
        : FunctionAccess.MayCall(caller, active, call);

    private PluginCall ToCall(Principal caller, NamedCall call, PluginState state, HostCallScope? via) => new()
    {
        Caller = caller,
        Function = call.Function,
        Input = call.Input,
        Config = state.Config,
        Timeout = call.Timeout ?? options.DefaultTimeout,
        LongestTimeout = call.Door == CallDoor.Job ? options.Limits.Timeout : null,
        Via = via,
        Language = call.Language,
    };

    private static Result<ExecutionOutcome> Invalid(string code, string message, string path) => ServiceError.Invalid([new Finding(code, message) { Path = path }]);
}
