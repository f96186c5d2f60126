using System.Buffers.Binary;
using System.Numerics;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// The memory that an Extism plugin and its host pass bytes through: blocks, named by the address of their first byte, in one stretch that the
/// host owns. 0 is no block.
/// SECURITY: addresses and lengths are the guest's. A block is found by its exact address, an access is checked against the stretch, and what
/// the guest can make the host allocate is bounded.
/// </summary>
internal sealed class ExtismMemory
{
    // Blocks are powers of two, so that freeing and allocating again costs the same however a guest orders them.
    private const int SmallestBlockBits = 6, LargestBlockBits = 30, FirstAddress = 1 << SmallestBlockBits;

    // It grows as a memory of WebAssembly does; what is kept between calls is small.
    private const int PageBytes = LinearMemory.PageBytes, KeptBytes = 4 * PageBytes;

    private readonly Dictionary<long, int> _lengths = [];
    private readonly Stack<int>?[] _free = new Stack<int>?[LargestBlockBits + 1];
    private byte[] _bytes = [];
    private int _end = FirstAddress;

    /// <summary>Bytes that it may take.</summary>
    internal long MaxBytes { get; set; }

    /// <summary>Forgets every block.</summary>
    internal void Clear()
    {
        if (_bytes.Length > KeptBytes) _bytes = [];
        Array.Clear(_bytes);
        _lengths.Clear();
        Array.Clear(_free);
        _end = FirstAddress;
    }

    /// <summary>The address of a new block of zeroes; 0 for none when <paramref name="length"/> is 0.</summary>
    /// <exception cref="LimitBreachException">There is no room.</exception>
    internal long Allocate(long length)
    {
        if (length == 0) return 0;
        if (length < 0 || length > Math.Min(MaxBytes, 1L << LargestBlockBits)) throw new LimitBreachException(ErrorCodes.MemoryLimit);
        var bits = BitsOf(length);
        if (_free[bits]?.TryPop(out var address) == true)
        {
            _bytes.AsSpan(address, 1 << bits).Clear();
        }
        else
        {
            address = _end;
            Extend(1L << bits);
        }

        _lengths.Add(address, (int)length);
        return address;
    }

    /// <summary>A block with a copy of <paramref name="bytes"/>.</summary>
    internal long Store(ReadOnlySpan<byte> bytes)
    {
        var address = Allocate(bytes.Length);
        if (address != 0) bytes.CopyTo(_bytes.AsSpan((int)address));
        return address;
    }

    /// <summary>Length of a block; 0 when there is none at that address.</summary>
    internal int Length(long address) => _lengths.GetValueOrDefault(address);

    internal void Free(long address)
    {
        if (!_lengths.Remove(address, out var length)) return;
        var bits = BitsOf(length);
        (_free[bits] ??= new Stack<int>()).Push((int)address);
    }

    /// <summary>The bytes of a block.</summary>
    /// <exception cref="TrapException">There is no block at that address.</exception>
    internal ReadOnlySpan<byte> Block(long address) => _lengths.TryGetValue(address, out var length)
        ? _bytes.AsSpan((int)address, length)
        : throw new TrapException(TrapCode.MemoryOutOfBounds);

    /// <summary>A range. It may reach beyond its block, as in the memory that Extism's own host has: some of its libraries rely on that.</summary>
    /// <exception cref="TrapException">Any of it lies outside the memory.</exception>
    internal Span<byte> Range(long address, long length)
    {
        if (address < 0 || length < 0 || address > _bytes.Length || length > _bytes.Length - address) throw new TrapException(TrapCode.MemoryOutOfBounds);
        return _bytes.AsSpan((int)address, (int)length);
    }

    internal ulong LoadU64(long address) => BinaryPrimitives.ReadUInt64LittleEndian(Range(address, 8));

    internal void StoreU64(long address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Range(address, 8), value);

    private static int BitsOf(long length) => Math.Max(SmallestBlockBits, BitOperations.Log2((ulong)length - 1) + 1);

    private void Extend(long bytes)
    {
        var end = _end + bytes;
        if (end > MaxBytes || end > Array.MaxLength - PageBytes) throw new LimitBreachException(ErrorCodes.MemoryLimit);
        if (end > _bytes.Length)
        {
            var wanted = Math.Min(Math.Max(end, 2L * _bytes.Length), Math.Max(end, MaxBytes));
            Array.Resize(ref _bytes, (int)((wanted + PageBytes - 1) / PageBytes * PageBytes));
        }

        _end = (int)end;
    }
}
