namespace Paddock.Wasm;

/// <summary>What the host allows one instance.</summary>
public sealed record InstanceOptions
{
    /// <summary>Greatest size of a memory in bytes, whatever the module declares. Default 4 GiB, which is wasm32's own limit.</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Whether growth beyond <see cref="MaxMemoryBytes"/> traps (<see cref="TrapCode.MemoryLimit"/>) instead of giving the guest -1. Default false.</summary>
    public bool TrapOnMemoryLimit { get; init; }

    /// <summary>Elements of all of its own tables together; growth beyond gives the guest -1. Default 10 million; each takes eight bytes of the host's memory.</summary>
    public uint MaxTableElements { get; init; } = Table.MaxElements;

    /// <summary>Stack that guest code may use below the caller of <see cref="Function.Call(ReadOnlySpan{WasmValue}, Span{WasmValue})"/>, in bytes. Default 512 KiB; never more than the thread has.</summary>
    public int MaxStackBytes { get; init; } = 512 << 10;
}
