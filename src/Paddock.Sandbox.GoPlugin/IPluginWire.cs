namespace Paddock.Sandbox.GoPlugin;

/// <summary>A plugin at the other end of a connection, whichever protocol it speaks there. Every member throws <see cref="IOException"/> when the connection ends, and <see cref="ProtocolException"/> for what is no answer.</summary>
internal interface IPluginWire : IAsyncDisposable
{
    /// <summary>What the other side did that ended the connection; null where it merely closed, or lives.</summary>
    ProtocolException? Fault { get; }

    /// <summary>What it says that it contributes, as JSON; null where it says nothing.</summary>
    Task<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken);

    /// <summary>Hands it its config, and the way to the host. What it says went wrong; empty when nothing did.</summary>
    Task<string> InitAsync(IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken);

    /// <summary>Runs one of its functions.</summary>
    Task<PluginAnswer> CallAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);

    /// <summary>Asks it to come to an end.</summary>
    Task ShutdownAsync(CancellationToken cancellationToken);
}

/// <summary>What a function answered.</summary>
/// <param name="Result">JSON, unchecked.</param>
/// <param name="Error">What it says went wrong; empty when nothing did.</param>
internal readonly record struct PluginAnswer(ReadOnlyMemory<byte> Result, string Error);
