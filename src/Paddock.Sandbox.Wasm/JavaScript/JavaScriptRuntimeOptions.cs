namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>How much of the machine JavaScript may use.</summary>
public sealed record JavaScriptRuntimeOptions
{
    /// <summary>Threads on which guests run. Default: one for each processor, at least two.</summary>
    public int Threads { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Stack of each of these threads in bytes. Default 16 MiB.</summary>
    public int ThreadStackBytes { get; init; } = 16 << 20;

    /// <summary>Calls at once, those that wait for a host call included; each holds an instance. More wait, against their own deadline. Default 256.</summary>
    public int ConcurrentCalls { get; init; } = 256;

    /// <summary>The clock that guests see and that their deadlines run on. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
