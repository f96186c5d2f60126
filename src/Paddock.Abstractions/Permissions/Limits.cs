namespace Paddock;

/// <summary>The limits of one call. Every one is always set; there is no "unlimited".</summary>
public sealed record Limits
{
    /// <summary>Wall time of a call, waiting for host calls included. Default 30 s, from 200 ms to 300 s. A breach really stops the code.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the plugin's top-level code, which runs once to make its snapshot. Default 10 s.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time in which a go-plugin program is to end by itself when it is unloaded, before it is killed. Default 5 s. A function that a plugin is called with when it is unloaded has at most 5 s, and its <see cref="Timeout"/>.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Linear memory in bytes, engine included. Default 64 MiB.</summary>
    public long MemoryBytes { get; init; } = 64L << 20;

    /// <summary>Stack of the guest's thread in bytes that a call may use. Default 8 MiB; never more than the thread has.</summary>
    public int StackBytes { get; init; } = 8 << 20;

    /// <summary>UTF-8 bytes of a result's JSON. Default 1 MiB.</summary>
    public int ResultBytes { get; init; } = 1 << 20;

    /// <summary>UTF-8 bytes of all log messages of one call. Default 256 KiB.</summary>
    public int LogBytes { get; init; } = 256 << 10;

    /// <summary>Number of log entries of one call. Default 1,000.</summary>
    public int LogEntries { get; init; } = 1000;

    /// <summary>Number of host calls of one call. Default 1,000.</summary>
    public int HostCalls { get; init; } = 1000;

    /// <summary>Processors' worth of time that a plugin with a process, container or machine of its own may use. Default 1. A guest of the WebAssembly engine runs on one thread and has no more.</summary>
    public double Cpu { get; init; } = 1;

    /// <summary>Processes and threads that such a plugin may have at once. Default 16.</summary>
    public int Processes { get; init; } = 16;

    /// <summary>The limits of a call: its own, but never more memory, processors or processes than these.</summary>
    /// <param name="call">The call's; null for these.</param>
    public Limits For(Limits? call) => call is null ? this : call with
    {
        MemoryBytes = Math.Min(MemoryBytes, call.MemoryBytes),
        Cpu = Math.Min(Cpu, call.Cpu),
        Processes = Math.Min(Processes, call.Processes),
    };

    /// <summary>Whether what holds a whole process (memory, processors, processes) is less in <paramref name="call"/> than here, so that a process of these limits will not do for it.</summary>
    public bool IsLoweredBy(Limits call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.MemoryBytes < MemoryBytes || call.Cpu < Cpu || call.Processes < Processes;
    }
}
