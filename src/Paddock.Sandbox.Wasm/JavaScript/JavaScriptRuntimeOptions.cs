namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>How much of the machine JavaScript may use.</summary>
public sealed record JavaScriptRuntimeOptions
{
    /// <summary>Threads on which guests run, at most; they are started as they are needed. A guest that awaits the host holds none. Default 64: guests that compute share the processors by the system's scheduler, and none waits for another to end.</summary>
    public int Threads { get; init; } = 64;

    /// <summary>Threads that one plugin's calls may have at once. Default half of <see cref="Threads"/>.</summary>
    public int ThreadsPerPlugin { get => field > 0 ? field : Math.Max(1, Threads / 2); init; }

    /// <summary>Plugins that may initialise at once; they have threads of their own, so that they cannot keep calls waiting. Default 4.</summary>
    public int ConcurrentLoads { get; init; } = 4;

    /// <summary>Stack of each of these threads in bytes. Default 16 MiB.</summary>
    public int ThreadStackBytes { get; init; } = 16 << 20;

    /// <summary>Calls at once, those that wait for a host call included; each holds an instance. More wait, against their own deadline. Default 256.</summary>
    public int ConcurrentCalls { get; init; } = 256;

    /// <summary>Of these, calls that one plugin may have at once, so that a plugin that never answers leaves turns to others. Default half of <see cref="ConcurrentCalls"/>.</summary>
    public int ConcurrentCallsPerPlugin { get => field > 0 ? field : Math.Max(1, ConcurrentCalls / 2); init; }

    /// <summary>The clock that guests see and that their deadlines run on. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
