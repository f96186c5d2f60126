using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Paddock.AspNetCore.Tests;

/// <summary>Plugins that are delegates, behind the seams that the web consumes: what they contribute changes whole, as the host's does.</summary>
internal sealed class ScriptedPlatform : IContributions, IPluginCalls, IPluginLoader, IPluginAssets, IDisposable
{
    public const string Digest = "0000000000000000000000000000000000000000000000000000000000000000";

    private readonly Dictionary<(string Plugin, string Function), Func<JsonElement, Task<string>>> _functions = [];
    private CancellationTokenSource _changed = new();
    private volatile ContributionSet _set = ContributionSet.Empty;

    public Dictionary<(string Plugin, string Path), byte[]> Files { get; } = [];

    /// <summary>All calls, in order.</summary>
    public List<(Principal Caller, string Plugin, NamedCall Call)> Calls { get; } = [];

    /// <summary>Digest of the version that serves, of all plugins.</summary>
    public string Serving { get; set; } = Digest;

    /// <summary>What the next calls are refused with; null for nothing.</summary>
    public ServiceError? Refusal { get; set; }

    /// <summary>Told of each call that is refused because another version serves.</summary>
    public Action Refused { get; set; } = () => { };

    public void Plugin(string plugin, string function, Func<JsonElement, Task<string>> answer) => _functions[(plugin, function)] = answer;

    public void Plugin(string plugin, string function, string answer) => Plugin(plugin, function, _ => Task.FromResult(answer));

    public void Contribute(Func<ContributionSet, ContributionSet> change)
    {
        _set = change(_set) with { Version = _set.Version + 1 };
        var before = _changed;
        _changed = new CancellationTokenSource();
        before.Cancel();
        before.Dispose();
    }

    /// <summary>No plugin any more, and no memory of what was.</summary>
    public void Reset()
    {
        Calls.Clear();
        Files.Clear();
        Loaded.Clear();
        Stopped.Clear();
        _functions.Clear();
        Refusal = null;
        Refused = () => { };
        Serving = Digest;
        Contribute(s => ContributionSet.Empty with { Version = s.Version });
    }

    public void Dispose() => _changed.Dispose();

    public static Contributed<T> From<T>(string plugin, T value) => new(plugin, Digest, value);

    public static Contributed<RouteRegistration> Route(string plugin, string method, string path, string handler, params string[] middleware) =>
        From(plugin, new RouteRegistration(method, path, handler) { Middleware = middleware });

    ContributionSet IContributions.Current(string tenant) => tenant == Principal.DefaultTenant ? _set : ContributionSet.Empty;

    IChangeToken IContributions.Watch() => new CancellationChangeToken(_changed.Token);

    async ValueTask<Result<ExecutionOutcome>> IPluginCalls.CallAsync(Principal caller, string plugin, NamedCall call, CancellationToken cancellationToken)
    {
        lock (Calls) Calls.Add((caller, plugin, call));
        if (Refusal is { } refusal) return refusal;
        if (call.Digest is { } digest && digest != Serving)
        {
            Refused();
            return new ServiceError(ServiceErrorKind.Conflict, "PLUGIN_CHANGED", "Another version serves.");
        }

        if (!_functions.TryGetValue((plugin, call.Function), out var function)) return new ServiceError(ServiceErrorKind.NotFound, "PLUGIN_NOT_FOUND", "There is no such plugin.");
        try
        {
            string value = await function(JsonElement.Parse(call.Input.Span));
            return new ExecutionOutcome("e", new CallResult { Status = CallStatus.Completed, Value = System.Text.Encoding.UTF8.GetBytes(value) });
        }
        catch (ScriptedFailure failure)
        {
            return new ExecutionOutcome("e", failure.Result);
        }
    }

    /// <summary>Plugins that do not run, and those that were loaded.</summary>
    public HashSet<string> Stopped { get; } = [];

    public List<string> Loaded { get; } = [];

    ValueTask<Result<bool>> IPluginLoader.LoadAsync(string tenant, string plugin, CancellationToken cancellationToken)
    {
        Loaded.Add(plugin);
        return new(Stopped.Contains(plugin) ? new ServiceError(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginDisabled, "It is disabled.") : true);
    }

    ValueTask<PluginAsset?> IPluginAssets.FindAsync(string tenant, string plugin, string path, CancellationToken cancellationToken) => ValueTask.FromResult(
        tenant == Principal.DefaultTenant && Files.TryGetValue((plugin, path), out byte[]? bytes)
            ? new PluginAsset(bytes, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)))
            : null);
}

/// <summary>Ends a scripted call badly.</summary>
internal sealed class ScriptedFailure(CallStatus status, string code, string message) : Exception
{
    public CallResult Result { get; } = new() { Status = status, Error = new CallError(code, message) };
}
