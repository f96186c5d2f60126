namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>How much of the machine WebAssembly plugins may use.</summary>
public sealed record WebAssemblyRuntimeOptions
{
    /// <summary>Threads on which guests run, at most; they are started as they are needed. A guest that waits for a host call keeps its thread. Default 64.</summary>
    public int Threads { get; init; } = 64;

    /// <summary>Threads that one plugin's calls may have at once. Default half of <see cref="Threads"/>.</summary>
    public int ThreadsPerPlugin { get => field > 0 ? field : Math.Max(1, Threads / 2); init; }

    /// <summary>Plugins that may initialise at once; they have threads of their own, so that they cannot keep calls waiting. Default 4.</summary>
    public int ConcurrentLoads { get; init; } = 4;

    /// <summary>Stack of each of these threads in bytes, most of it never touched. Calls nested by plugins calling plugins share it. Default 32 MiB.</summary>
    public int ThreadStackBytes { get; init; } = 32 << 20;

    /// <summary>Instances that a plugin keeps ready between calls. Default 4.</summary>
    public int IdleInstances { get; init; } = 4;

    /// <summary>Bytes of a module. Default 16 MiB.</summary>
    public int MaxModuleBytes { get; init; } = 16 << 20;

    /// <summary>Functions that a module may define. Default 50,000; the engine takes no more than 60,000.</summary>
    public int MaxFunctions { get; init; } = 50_000;

    /// <summary>Bytes of one function's body: the compiler takes each function whole, and cannot be interrupted in it. Default 256 KiB, which takes at most about a second.</summary>
    public int MaxFunctionBytes { get; init; } = 256 << 10;

    /// <summary>Elements of an instance's tables together; each takes eight bytes of the host's memory. Default 1,000,000.</summary>
    public int MaxTableElements { get; init; } = 1_000_000;

    /// <summary>The clock that guests see and that their deadlines run on. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
