namespace Paddock;

/// <summary>The one door between a guest and everything else, bound by the host to one plugin and one call. The guest names neither: identity is the host's to stamp.</summary>
public interface IHostChannel
{
    /// <summary>Performs one host call, or refuses it. Never throws for what a guest did; a fault of the host comes back as <c>HOST_ERROR</c> without detail.</summary>
    /// <param name="function">Name of the host function (<c>files.read</c>).</param>
    /// <param name="arguments">UTF-8 JSON object. Owned by the callee from here: a copy, not guest memory.</param>
    /// <param name="cancellationToken">Fires when the call ends or times out.</param>
    ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);

    /// <summary>What the plugin's programs reach by themselves during this call, recorded before it is answered. Only a sandbox that can hold them to it asks. Default nothing.</summary>
    /// <param name="cancellationToken">Fires when the call ends or times out.</param>
    ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken) => ValueTask.FromResult(DirectAccess.None);

    /// <summary>Opens a connection for a guest that speaks TLS over it by itself, or refuses it, as <see cref="InvokeAsync"/> does. Default refused.</summary>
    /// <param name="origin">The guest's text: where to, as <c>https://host:port/</c>.</param>
    /// <param name="cancellationToken">Fires when the call ends or times out.</param>
    ValueTask<HostConnection> ConnectAsync(string origin, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new HostConnection(null, new CallError(ErrorCodes.HostCallRefused, "Connections are not available here.")));
}

/// <summary>The answer to a host call: a value or an error, never both.</summary>
public readonly record struct HostReply
{
    private HostReply(ReadOnlyMemory<byte> value, CallError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>UTF-8 JSON of the value; empty when there is an error.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>Why it failed; null when it did not.</summary>
    public CallError? Error { get; }

    /// <summary>A successful reply.</summary>
    public static HostReply Ok(ReadOnlyMemory<byte> json) => new(json, null);

    /// <summary>A refused or failed call.</summary>
    public static HostReply Fail(string code, string message) => new(default, new CallError(code, message));

    /// <summary>A refused or failed call.</summary>
    public static HostReply Fail(CallError error) => new(default, error);
}

/// <summary>Refuses every host call: what a plugin has while it initialises or awaits review.</summary>
public sealed class RefusingHostChannel : IHostChannel
{
    /// <summary>The only instance there need be.</summary>
    public static RefusingHostChannel Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        ValueTask.FromResult(HostReply.Fail(ErrorCodes.HostCallRefused, "Host calls are not available here."));
}
