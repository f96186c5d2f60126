using System.Runtime.InteropServices;

namespace Paddock.Wasm;

/// <summary>
/// A range of addresses for one linear memory, with a header page in front of it. Where the platform can, 8 GiB and a guard are reserved
/// without access: a 32-bit address plus a 32-bit offset never leaves the range, so that a missed check stops the process instead of reading the host.
/// </summary>
internal sealed unsafe partial class Reservation : SafeHandle
{
    /// <summary>The header page: its last eight bytes, just before the memory, hold the memory's length.</summary>
    private const nuint HeaderBytes = 64 << 10;

    private const int ProtNone = 0, ProtReadWrite = 3, MapPrivate = 2, MapNoReserve = 0x4000, MadvDontNeed = 4;
    private const int MemReserve = 0x2000, MemCommit = 0x1000, MemRelease = 0x8000, PageReadWrite = 4, PageNoAccess = 1;

    private readonly nuint _total;
    private nuint _committed;

    private Reservation(nint start, nuint total, bool guarded)
        : base(0, ownsHandle: true)
    {
        SetHandle(start);
        _total = total;
        IsGuarded = guarded;
        Base = (byte*)start + HeaderBytes;
    }

    /// <summary>First byte of the memory.</summary>
    internal byte* Base { get; }

    /// <summary>Whether the second line of defence is there. When not, the checks alone hold.</summary>
    internal bool IsGuarded { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    private static nuint GuardedBytes => unchecked((nuint)((8ul << 30) + (64 << 10)));

    private static int MapAnonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    /// <summary>Reserves the guarded range, or exactly <paramref name="maxBytes"/> where it cannot be had.</summary>
    internal static Reservation Create(ulong maxBytes)
    {
        if (TryReserve(HeaderBytes + GuardedBytes) is { } start) return WithHeader(start, HeaderBytes + GuardedBytes, guarded: true);
        var exact = HeaderBytes + (nuint)maxBytes;
        if (TryReserve(exact) is { } small) return WithHeader(small, exact, guarded: false);
        throw new InsufficientMemoryException($"No address range of {maxBytes} bytes for a linear memory.");
    }

    private static Reservation WithHeader(nint start, nuint total, bool guarded)
    {
        var reservation = new Reservation(start, total, guarded);
        if (!Protect((byte*)start, HeaderBytes)) throw new InsufficientMemoryException("The header of a linear memory cannot be committed.");
        return reservation;
    }

    /// <summary>Makes the first <paramref name="bytes"/> readable and writable; new bytes are zero. False when the system has no memory.</summary>
    internal bool Commit(nuint bytes)
    {
        if (bytes <= _committed) return true;
        if (HeaderBytes + bytes > _total || !Protect(Base + _committed, bytes - _committed)) return false;
        _committed = bytes;
        return true;
    }

    /// <summary>Zeroes a page-aligned committed range, giving its pages back where the platform can.</summary>
    internal void Discard(nuint offset, nuint bytes)
    {
        // On Linux the next touch of a private anonymous page after MADV_DONTNEED finds zeroes (madvise(2)); macOS does not promise that.
        if (OperatingSystem.IsLinux() && madvise(Base + offset, bytes, MadvDontNeed) == 0) return;
        NativeMemory.Clear(Base + offset, bytes);
    }

    private static nint? TryReserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            var address = VirtualAlloc(null, bytes, MemReserve, PageNoAccess);
            return address == 0 ? null : address;
        }

        var noReserve = OperatingSystem.IsMacOS() ? 0x40 : MapNoReserve;
        var mapped = mmap(null, bytes, ProtNone, MapPrivate | MapAnonymous | noReserve, -1, 0);
        return mapped == -1 ? null : mapped;
    }

    private static bool Protect(byte* address, nuint bytes) => OperatingSystem.IsWindows()
        ? VirtualAlloc(address, bytes, MemCommit, PageReadWrite) != 0
        : mprotect(address, bytes, ProtReadWrite) == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OperatingSystem.IsWindows()
        ? VirtualFree(handle, 0, MemRelease)
        : munmap(handle, _total) == 0;

    [LibraryImport("libc")]
    private static partial nint mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    private static partial int mprotect(byte* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int madvise(byte* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(byte* address, nuint size, int type, int protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint size, int type);
}
