namespace Paddock;

/// <summary>Makes sandboxes for one runtime.</summary>
public interface ISandboxRuntime : IAsyncDisposable
{
    /// <summary>The runtime it serves.</summary>
    PluginRuntime Runtime { get; }

    /// <summary>The isolation it gives.</summary>
    IsolationLevel Isolation { get; }

    /// <summary>Whether its guests' clock and randomness are those of <see cref="SandboxCall.Sources"/> where a call has them. Otherwise they are the machine's own, and only what host calls answer is the same when a recorded call is run again. Default false.</summary>
    bool TakesSources => false;

    /// <summary>Loads and initialises a plugin. Host calls are refused meanwhile.</summary>
    /// <exception cref="SandboxLoadException">The code does not compile, has no such entry point, or breaks a limit while initialising.</exception>
    ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default);
}

/// <summary>One plugin, initialised, ready for any number of calls at once. A call sees the initialised state and nothing of any other call.</summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>Bytes it holds between calls, roughly; 0 where it cannot say. The host drops the least recently used sandboxes by it.</summary>
    long EstimatedBytes => 0;

    /// <summary>What the plugin's code says that it contributes, as it says it: UTF-8 JSON, unchecked. Null where its code says nothing. Host calls are refused meanwhile.</summary>
    /// <exception cref="SandboxLoadException">The code failed, or broke a limit, while it was asked.</exception>
    ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);

    /// <summary>
    /// Runs one call to its end. Guest misbehaviour is in the result; only misuse by the host throws. A plugin that keeps its state runs one call at a time;
    /// the others wait within their own time. That one of them waits for itself no sandbox sees: who lets calls lead to calls asks a <see cref="StateGate"/> first.
    /// </summary>
    /// <param name="call">Function, input and identity of the call.</param>
    /// <param name="channel">The only way out of the sandbox; a channel that refuses everything is the strictest sandbox.</param>
    /// <param name="cancellationToken">Cancelling stops the guest, also inside an endless loop.</param>
    ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default);
}

/// <summary>What a sandbox is asked to run.</summary>
public sealed record SandboxCall
{
    /// <summary>The exported function; null for the plugin's entry point.</summary>
    public string? Function { get; init; }

    /// <summary>Input as UTF-8 JSON; must be valid JSON.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The plugin's config as UTF-8 JSON, null for none.</summary>
    public ReadOnlyMemory<byte>? Config { get; init; }

    /// <summary>The caller's context as UTF-8 JSON, null for none.</summary>
    public ReadOnlyMemory<byte>? Context { get; init; }

    /// <summary>How many plugins stand between the first caller and this call: 0 for a call from outside. A nested call takes no turn of its own, for its caller holds one: two chains could otherwise wait for each other.</summary>
    public int Depth { get; init; }

    /// <summary>Where time, randomness and the order of replies come from; null for the real ones. Recorded and given again, a call has the same result: where they are given, the channel is called in the order in which the guest makes its host calls.</summary>
    public ICallSources? Sources { get; init; }

    /// <summary>Limits of this call; null for the spec's. A call may tighten them, never widen. One that is to have less memory, fewer processors or processes than a warm process of its plugin has is run in a process of its own.</summary>
    public Limits? Limits { get; init; }
}

/// <summary>The code could not be brought to a state in which it can be called.</summary>
/// <param name="error">What the guest and its callers are told.</param>
/// <param name="cause">What the host knows of it beyond that; told to nobody outside.</param>
public sealed class SandboxLoadException(CallError error, Exception? cause = null) : Exception(error.Message, cause)
{
    /// <summary>What went wrong, in the guest's terms; discloses nothing of the host.</summary>
    public CallError Error { get; } = error;

    /// <summary>For a machine that lacks parts of the sandbox: names each of them, and how to get it.</summary>
    /// <param name="parts">At least one.</param>
    public static SandboxLoadException ForMissing(IEnumerable<Finding> parts) => new(new CallError(
        ErrorCodes.SandboxUnavailable,
        "This machine cannot sandbox a program. " + string.Join(' ', parts.GroupBy(p => p.Mend, StringComparer.Ordinal).Select(g => $"{string.Join(' ', g.Select(p => p.Message))} {g.Key}".TrimEnd()))));
}
