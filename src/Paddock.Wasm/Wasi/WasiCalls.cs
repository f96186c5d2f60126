using System.Buffers.Binary;

namespace Paddock.Wasm.Wasi;

/// <summary>
/// The functions that work, on the memory of one instance.
/// SECURITY: every address and length is the guest's; all access goes through <see cref="LinearMemory.Slice"/>, which traps when any of a range is outside.
/// </summary>
internal sealed class WasiCalls(IWasiSystem system, Func<LinearMemory> memory)
{
    private const uint StreamCount = 3;
    private const int RandomChunk = 64 << 10, VectorBytes = 8, FileStatusBytes = 64, StatusBytes = 24;
    private const byte CharacterDevice = 2;

    // Rights of a stream: fd_read (bit 1), fd_write (bit 6), poll_fd_readwrite (bit 27).
    private const ulong ReadRights = (1 << 1) | (1 << 27), WriteRights = (1 << 6) | (1 << 27);

    internal IWasiSystem System => system;

    internal LinearMemory Memory => memory();

    internal static bool IsOpen(uint descriptor) => descriptor < StreamCount;

    internal static WasiError Refuse(uint descriptor, WasiError error) => IsOpen(descriptor) ? error : WasiError.BadFile;

    /// <summary>The streams stay open: what is closed would have to be remembered, and forgotten again when the instance's state is reset.</summary>
    internal static WasiError Close(uint descriptor) => IsOpen(descriptor) ? WasiError.Success : WasiError.BadFile;

    internal WasiError GetSizes(IReadOnlyList<ReadOnlyMemory<byte>> strings, uint count, uint bytes)
    {
        Memory.WriteU32(count, (uint)strings.Count);
        Memory.WriteU32(bytes, (uint)strings.Sum(s => s.Length + 1));
        return WasiError.Success;
    }

    internal WasiError GetStrings(IReadOnlyList<ReadOnlyMemory<byte>> strings, uint pointers, uint buffer)
    {
        for (var i = 0; i < strings.Count; i++)
        {
            Memory.WriteU32(pointers + ((uint)i * 4), buffer);
            var target = Memory.Slice(buffer, (uint)strings[i].Length + 1);
            strings[i].Span.CopyTo(target);
            target[^1] = 0;
            buffer += (uint)target.Length;
        }

        return WasiError.Success;
    }

    internal WasiError ClockResolution(uint clock, uint result)
    {
        if (clock > 3) return WasiError.Invalid;
        Memory.WriteU64(result, (ulong)system.ClockResolution);
        return WasiError.Success;
    }

    internal WasiError ClockTime(uint clock, uint result)
    {
        if (clock > 3) return WasiError.Invalid;
        Memory.WriteU64(result, Now(clock));
        return WasiError.Success;
    }

    /// <summary>0 is the wall clock; the processor-time clocks (2, 3) are the call's own clock: a program's share of the machine is not for it to see.</summary>
    internal ulong Now(uint clock) => (ulong)(clock == 0 ? system.WallClock() : system.MonotonicClock());

    internal WasiError Random(uint address, uint length)
    {
        for (var rest = Memory.Slice(address, length); rest.Length > 0;)
        {
            var chunk = Math.Min(rest.Length, RandomChunk);
            system.FillRandom(rest[..chunk]);
            rest = rest[chunk..];
            system.ThrowIfInterrupted();
        }

        return WasiError.Success;
    }

    internal WasiError Read(uint descriptor, uint vectors, uint count, uint result)
    {
        if (descriptor != 0) return WasiError.BadFile;
        uint total = 0;
        for (uint i = 0; i < count; i++)
        {
            var buffer = Vector(vectors, i);
            var read = system.Read(buffer);
            total += (uint)read;
            if (read < buffer.Length) break;
            if ((i & 0xFFF) == 0xFFF) system.ThrowIfInterrupted();
        }

        Memory.WriteU32(result, total);
        return WasiError.Success;
    }

    internal WasiError Write(uint descriptor, uint vectors, uint count, uint result)
    {
        if (descriptor is not (1 or 2)) return WasiError.BadFile;
        uint total = 0;
        for (uint i = 0; i < count; i++)
        {
            var bytes = Vector(vectors, i);
            system.Write(descriptor == 2, bytes);
            total += (uint)bytes.Length;
            if ((i & 0xFFF) == 0xFFF) system.ThrowIfInterrupted();
        }

        Memory.WriteU32(result, total);
        return WasiError.Success;
    }

    internal WasiError Status(uint descriptor, uint result)
    {
        if (!IsOpen(descriptor)) return WasiError.BadFile;
        var status = Memory.Slice(result, StatusBytes);
        status.Clear();
        status[0] = CharacterDevice;
        BinaryPrimitives.WriteUInt64LittleEndian(status[8..], descriptor == 0 ? ReadRights : WriteRights);
        return WasiError.Success;
    }

    internal WasiError FileStatus(uint descriptor, uint result)
    {
        if (!IsOpen(descriptor)) return WasiError.BadFile;
        var status = Memory.Slice(result, FileStatusBytes);
        status.Clear();
        status[16] = CharacterDevice;
        return WasiError.Success;
    }

    internal WasiError Yield()
    {
        system.ThrowIfInterrupted();
        return WasiError.Success;
    }

    private Span<byte> Vector(uint vectors, uint index)
    {
        var at = vectors + ((ulong)index * VectorBytes);
        if (at > uint.MaxValue) throw new TrapException(TrapCode.MemoryOutOfBounds);
        var entry = Memory.Slice((uint)at, VectorBytes);
        return Memory.Slice(BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
    }
}
