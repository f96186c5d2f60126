namespace Paddock;

/// <summary>How workers are run.</summary>
public sealed record WorkerOptions
{
    /// <summary>Memory of a worker beyond what its plugin may use, in bytes: the runtime, the engine and what it compiled. Default 320 MiB.</summary>
    public long OwnMemoryBytes { get; init; } = 320L << 20;

    /// <summary>Calls of a plugin whose memory has room at once. More run too, as long as they do not use up theirs. Default 4.</summary>
    public int FullCalls { get; init; } = 4;

    /// <summary>Threads and processes of a worker. Default 160.</summary>
    public int Processes { get; init; } = 160;

    /// <summary>The limits of the worker of a plugin.</summary>
    internal Limits LimitsOf(SandboxSpec spec) => spec.Limits with { MemoryBytes = OwnMemoryBytes + (spec.Limits.MemoryBytes * FullCalls), Processes = Processes };
}
