namespace Paddock.Lifecycle;

internal sealed class PluginEvents(IContributions contributions, IPluginCalls calls) : IPluginEvents
{
    public async ValueTask<IReadOnlyList<HookOutcome>> RaiseAsync(string tenant, string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(name);
        if (LifecycleEvents.IsOne(name)) throw new ArgumentException("Events of a plugin's life are raised by the host alone.", nameof(name));
        var outcomes = new List<HookOutcome>();
        foreach (var hook in contributions.Current(tenant).Hooks[name])
        {
            if (cancellationToken.IsCancellationRequested) break;
            var caller = new Principal(tenant, "host", PrincipalRole.Agent);
            var call = new NamedCall { Function = hook.Value.Handler, Input = payload, Door = CallDoor.Contribution };
            var result = await calls.CallAsync(caller, hook.Plugin, call, cancellationToken).ConfigureAwait(false);
            outcomes.Add(new HookOutcome(hook.Plugin, result.TryGetValue(out var outcome, out var error) ? outcome.Result : Refused(error)));
        }

        return outcomes;
    }

    private static CallResult Refused(ServiceError error) => new() { Status = CallStatus.Denied, Error = new CallError(error.Code, error.Message) };
}
