using System.Buffers.Binary;

namespace Paddock.Wasm;

/// <summary>A linear memory: a base that never moves and a length that only grows, except when an image is restored.</summary>
public sealed unsafe class LinearMemory : Extern, IDisposable
{
    /// <summary>Bytes of a page of WebAssembly.</summary>
    public const int PageBytes = 65536;

    /// <summary>Pages of a full 32-bit memory.</summary>
    public const uint MaxPages = 65536;

    private readonly Reservation _reservation;

    /// <summary>A memory of the host's own.</summary>
    /// <param name="type">Initial and greatest size in pages.</param>
    /// <param name="maxBytes">The host's own limit, in bytes. Default 4 GiB.</param>
    /// <exception cref="WasmException">The initial size is beyond the host's limit.</exception>
    public LinearMemory(SizeLimits type, long maxBytes = 4L << 30)
    {
        Type = type;
        MaxBytes = maxBytes;
        var initial = (long)type.Minimum * PageBytes;
        if (initial > maxBytes) throw new WasmException(WasmErrorKind.TooLarge, $"memory of {initial} bytes; the host allows {maxBytes}");
        var declared = (long)Math.Min(type.Maximum ?? MaxPages, MaxPages) * PageBytes;
        _reservation = Reservation.Create((ulong)Math.Max(Math.Min(declared, maxBytes), PageBytes));
        Base = _reservation.Base;
        if (!_reservation.Commit((nuint)initial)) throw new InsufficientMemoryException($"{initial} bytes of linear memory cannot be had.");
        Length = initial;
    }

    /// <summary>Declared type.</summary>
    public SizeLimits Type { get; }

    /// <summary>Current length in bytes. Compiled code reads the same eight bytes, just before the memory's base, at every check.</summary>
    public long Length
    {
        get => *((long*)Base - 1);
        private set => *((long*)Base - 1) = value;
    }

    /// <summary>Current length in pages.</summary>
    public uint Pages => (uint)(Length / PageBytes);

    /// <summary>The host's limit in bytes; may be lowered or raised between calls.</summary>
    public long MaxBytes { get; set; }

    /// <summary>Whether an unreadable reservation stands behind the checks. False is a named weakening.</summary>
    public bool IsGuarded => _reservation.IsGuarded;

    internal byte* Base { get; }

    internal bool IsDisposed => _reservation.IsClosed;

    internal override ExternKind Kind => ExternKind.Memory;

    /// <summary>Grows by <paramref name="delta"/> pages; the previous number of pages, or -1.</summary>
    public long Grow(uint delta)
    {
        var old = Pages;
        var pages = (ulong)old + delta;
        if (pages > Math.Min(Type.Maximum ?? MaxPages, MaxPages)) return -1;
        var bytes = (long)pages * PageBytes;
        if (bytes > MaxBytes || !_reservation.Commit((nuint)bytes)) return -1;
        Length = bytes;
        return old;
    }

    /// <summary>A range of the memory, valid until the memory is disposed.</summary>
    /// <exception cref="TrapException">Any of it lies out of bounds.</exception>
    public Span<byte> Slice(uint offset, uint length)
    {
        // SECURITY: offset and length come from the guest as often as not; the sum is made in 64 bits so that it cannot wrap.
        if ((ulong)offset + length > (ulong)Length || length > int.MaxValue) throw new TrapException(TrapCode.MemoryOutOfBounds);
        return new Span<byte>(Base + offset, (int)length);
    }

    /// <summary>Reads a little-endian 32-bit integer.</summary>
    public uint ReadU32(uint offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4));

    /// <summary>Reads a little-endian 64-bit integer.</summary>
    public ulong ReadU64(uint offset) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, 8));

    /// <summary>Writes a little-endian 32-bit integer.</summary>
    public void WriteU32(uint offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Slice(offset, 4), value);

    /// <summary>Writes a little-endian 64-bit integer.</summary>
    public void WriteU64(uint offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Slice(offset, 8), value);

    /// <summary>Gives the address range back. The memory and every instance that uses it must not be touched again.</summary>
    public void Dispose() => _reservation.Dispose();

    internal void SetLength(long bytes)
    {
        if (!_reservation.Commit((nuint)bytes)) throw new InsufficientMemoryException($"{bytes} bytes of linear memory cannot be had.");
        Length = bytes;
    }

    internal void Discard(long offset, long bytes) => _reservation.Discard((nuint)offset, (nuint)bytes);
}
