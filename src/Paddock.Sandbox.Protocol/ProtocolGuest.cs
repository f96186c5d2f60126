namespace Paddock.Sandbox.Protocol;

/// <summary>How to start a guest that speaks the protocol over its standard streams, whatever it runs in.</summary>
public sealed record ProtocolGuest
{
    /// <summary>Starts one. Throws <see cref="SandboxLoadException"/> where it cannot be started.</summary>
    public required Func<CancellationToken, ValueTask<IGuestProcess>> Start { get; init; }

    /// <summary>Starts one for a single call, on other terms than the rest, and given what its channel says. Null where there is no such way: a call that needs it is refused.</summary>
    public Func<GuestTerms, DirectAccess, CancellationToken, ValueTask<IGuestProcess>>? StartFor { get; init; }

    /// <summary>Starts one that is given what a call's channel says; null, the default, where it can be given nothing. A process serves calls alone that are given the same.</summary>
    public Func<DirectAccess, CancellationToken, ValueTask<IGuestProcess>>? StartGiven { get; init; }

    /// <summary>What the guest is told that it is (<c>python</c>).</summary>
    public required string Runtime { get; init; }

    /// <summary>Exit codes that mean that memory was used up, where the guest's own engine notices first. Default none.</summary>
    public IReadOnlySet<int> MemoryExitCodes { get; init; } = new HashSet<int>();

    /// <summary>Bytes that an idle process holds, roughly. Default 16 MiB.</summary>
    public long EstimatedBytes { get; init; } = 16 << 20;
}
