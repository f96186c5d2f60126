using System.Text.Json;

namespace Paddock.Plugins;

/// <summary>One request of the host's: what it has asked for meanwhile, and when it is over.</summary>
#pragma warning disable CA1001 // The source has neither a timer nor a handle, and the plugin may hold its token for longer than the call lasts.
internal sealed class Session(long id)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _over = new();

    internal long Id => id;

    /// <summary>Host calls that have no answer yet. Under the wire's lock.</summary>
    internal Dictionary<long, TaskCompletionSource<JsonElement>> Pending { get; } = [];

    internal CancellationToken Over => _over.Token;

    internal void End(string why)
    {
        foreach (var waiting in Pending.Values) waiting.TrySetException(new HostException(Codes.HostCallRefused, why));
        Pending.Clear();
        // Not on this thread: it is the plugin's code that listens.
        _ = _over.CancelAsync();
    }
}
