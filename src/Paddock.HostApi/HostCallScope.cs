namespace Paddock.HostApi;

/// <summary>Who a host call is from. Set by the host when a channel is opened; nothing a guest sends changes it.</summary>
/// <param name="Tenant">Tenant of the plugin.</param>
/// <param name="Actor">On whose behalf the plugin was called.</param>
/// <param name="PluginId">The plugin.</param>
/// <param name="Digest">Digest of the code that runs; grants for other code do not hold.</param>
/// <param name="ExecutionId">The execution that the audit names.</param>
public sealed record HostCallScope(string Tenant, string Actor, string PluginId, string Digest, string ExecutionId)
{
    /// <summary>The plugin's name: what its cache keys, translations and calls of other plugins go by. Empty for a posted snippet, which has no name of its own.</summary>
    public string PluginName { get; init; } = "";

    /// <summary>Names of the plugins whose calls led to this one, first caller first; empty for a call from outside.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    /// <summary>The first plugin of the chain, whose rates are charged for all that its callees use; null for a call from outside, which is charged to the plugin itself.</summary>
    public HostCallScope? Root { get; init; }

    /// <summary>The plugins with state of their own that this call, or one that led to it, is in; null for none.</summary>
    public StateHold? Held { get; init; }

    /// <summary>The caller's language (<c>de-AT</c>); null for the application's default.</summary>
    public string? Language { get; init; }

    /// <summary>Where <c>time.now</c> and <c>random.bytes</c> take theirs from; null, the default, for the host's clock and the system's randomness. Must be safe to use beside the guest's own thread.</summary>
    public ICallSources? Sources { get; init; }

    /// <summary>What its manifest asks to do in directories by itself, where its sandbox shows it any (<see cref="IHostChannel.DirectAccessAsync"/>). Default nothing.</summary>
    public Access AsksForFiles { get; init; }

    /// <summary>Whether its manifest asks for the network, so that a sandbox may let its programs speak HTTP by themselves. Default false.</summary>
    public bool AsksForHttp { get; init; }

    /// <summary>What this plugin is called in a <see cref="Chain"/>: its name, or its id where it has none.</summary>
    public string ChainName => PluginName.Length > 0 ? PluginName : PluginId;

    /// <summary>The scope of a plugin that this one calls: the same tenant, actor and language, this plugin added to the chain, what the chain holds, and nothing else of the caller's.</summary>
    // SECURITY: a confused deputy. Grants are looked up by the id and digest of whoever asks, so a callee acts on its own grants and
    // a caller never on its callee's.
    public HostCallScope ForCallee(string pluginId, string digest, string executionId, string pluginName) =>
        new(Tenant, Actor, pluginId, digest, executionId) { PluginName = pluginName, Chain = [.. Chain, ChainName], Root = Root ?? this, Held = Held, Language = Language };
}
