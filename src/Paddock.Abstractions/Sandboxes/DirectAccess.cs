namespace Paddock;

/// <summary>What a plugin's programs reach by themselves for the time of one call, beside host calls. Decided by the host when the call begins, from the grants that hold then.</summary>
/// <param name="Directories">Directories of the host, and where they are inside.</param>
/// <param name="Http">Whether they may ask for requests and connections (<see cref="IHostChannel.ConnectAsync"/>).</param>
public sealed record DirectAccess(IReadOnlyList<ProcessMount> Directories, bool Http)
{
    /// <summary>Reaches nothing.</summary>
    public static DirectAccess None { get; } = new([], false);

    /// <summary>Why something that was granted cannot be given, so that the call must not be made; null where all is given.</summary>
    public CallError? Refusal { get; init; }

    /// <summary>Whether a sandbox that was made with the one is what the other asks for.</summary>
    public bool IsSameAs(DirectAccess other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Http == other.Http && Directories.SequenceEqual(other.Directories);
    }
}

/// <summary>A connection that a guest asked for: open, or an error, never both.</summary>
/// <param name="Stream">The connection, the caller's to dispose. It ends by itself where its limits or its grant do.</param>
/// <param name="Error">Why there is none.</param>
public readonly record struct HostConnection(Stream? Stream, CallError? Error);
