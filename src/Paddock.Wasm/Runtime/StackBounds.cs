using System.Runtime.InteropServices;

namespace Paddock.Wasm;

/// <summary>Where the current thread's stack ends, so that guest code is stopped before the runtime is.</summary>
internal static unsafe partial class StackBounds
{
    /// <summary>Kept free below the limit for one frame of guest code, for host callbacks and for the JIT.</summary>
    internal const int ReservedBytes = 256 << 10;

    [ThreadStatic]
    private static nuint t_lowest;

    /// <summary>Bytes between here and the end of the thread's stack.</summary>
    internal static long Remaining()
    {
        byte marker;
        var here = (nuint)(&marker);
        var lowest = Lowest(here);
        return here > lowest ? (long)(here - lowest) : 0;
    }

    /// <summary>The lowest address guest code may reach when it starts here and may use <paramref name="bytes"/>.</summary>
    /// <exception cref="TrapException">Not even <see cref="ReservedBytes"/> are left.</exception>
    internal static nuint Limit(int bytes)
    {
        byte marker;
        var here = (nuint)(&marker);
        var floor = Lowest(here) + ReservedBytes;
        if (here <= floor) throw new TrapException(TrapCode.StackExhausted);
        var wanted = here - Math.Min((nuint)bytes, here);
        return Math.Max(wanted, floor);
    }

    private static nuint Lowest(nuint here)
    {
        if (t_lowest != 0) return t_lowest;
        if (OperatingSystem.IsLinux()) t_lowest = LinuxLowest();
        else if (OperatingSystem.IsWindows()) t_lowest = WindowsLowest();
        // Elsewhere: the least that any .NET thread has is assumed to be left.
        return t_lowest != 0 ? t_lowest : here - (ReservedBytes + (256u << 10));
    }

    private static nuint LinuxLowest()
    {
        // pthread_attr_t is 56 bytes on 64-bit glibc and musl; room for more.
        var attributes = stackalloc byte[256];
        if (pthread_getattr_np(pthread_self(), attributes) != 0) return 0;
        try
        {
            return pthread_attr_getstack(attributes, out var low, out _) == 0 ? low : 0;
        }
        finally
        {
            _ = pthread_attr_destroy(attributes);
        }
    }

    private static nuint WindowsLowest()
    {
        GetCurrentThreadStackLimits(out var low, out _);
        return low;
    }

    [LibraryImport("libc")]
    private static partial nuint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_getattr_np(nuint thread, byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_getstack(byte* attributes, out nuint low, out nuint size);

    [LibraryImport("libc")]
    private static partial int pthread_attr_destroy(byte* attributes);

    [LibraryImport("kernel32")]
    private static partial void GetCurrentThreadStackLimits(out nuint low, out nuint high);
}
