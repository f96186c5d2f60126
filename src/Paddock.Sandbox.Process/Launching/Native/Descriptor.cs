using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>A descriptor of the host's own, closed in every program that the host starts unless it is handed over by number.</summary>
internal sealed unsafe class Descriptor : SafeHandle
{
    private const int DuplicateCloseOnExec = 1030;
    private const int MemoryCloseOnExec = 1;
    private const int PidFdOpen = 434, OpenAt2 = 437;

    /// <summary>RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS.</summary>
    private const ulong NoLinks = 6;

    private Descriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    internal int Number => (int)handle;

    /// <summary>Both ends of a new pipe.</summary>
    internal static (Descriptor Read, Descriptor Write) Pipe()
    {
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.CloseOnExec) != 0) throw new Win32Exception(Libc.Error);
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    /// <summary>An unnamed file in memory that holds the bytes given, to be read from its start.</summary>
    internal static Descriptor Memory(ReadOnlySpan<byte> content)
    {
        int number = Libc.memfd_create("paddock", MemoryCloseOnExec);
        if (number < 0) throw new Win32Exception(Libc.Error);
        var file = new Descriptor(number);
        for (var written = 0; written < content.Length;)
        {
            nint count;
            fixed (byte* start = content[written..]) count = Libc.pwrite(number, start, (nuint)(content.Length - written), written);
            if (count > 0) written += (int)count;
            else if (Libc.Error != Libc.Interrupted)
            {
                int error = Libc.Error;
                file.Dispose();
                throw new Win32Exception(error);
            }
        }

        return file;
    }

    /// <summary>Opens a directory of cgroups or the like; null where it cannot be.</summary>
    internal static Descriptor? TryOpen(string path, int flags)
    {
        int number = Libc.open(path, flags | Libc.CloseOnExec);
        return number < 0 ? null : new Descriptor(number);
    }

    /// <summary>A pidfd: the process that has the number now, and never another that has it later.</summary>
    /// <exception cref="Win32Exception">There is no such process.</exception>
    internal static Descriptor OpenProcess(int pid)
    {
        long number = Libc.syscall(PidFdOpen, pid, 0, null, 0);
        return number < 0 ? throw new Win32Exception(Libc.Error) : new Descriptor((int)number);
    }

    /// <summary>Pins a file or directory by the path that names it now.</summary>
    /// <exception cref="ArgumentException">There is nothing of that name, or a link is in the way.</exception>
    internal static Descriptor Pin(string path)
    {
        // SECURITY: what is checked here is what is shown: no link is followed, and the descriptor names the object, not its path.
        var how = stackalloc ulong[3] { Libc.PathOnly | Libc.CloseOnExec, 0, NoLinks };
        long number = Libc.openat2(OpenAt2, -100, path, how, 24);
        if (number >= 0) return new Descriptor((int)number);
        throw new ArgumentException($"'{path}' cannot be shown to a sandbox: {(Libc.Error == Libc.Loop ? "a link is in its path" : new Win32Exception(Libc.Error).Message)}.", nameof(path));
    }

    /// <summary>The same open file under another number, at least <paramref name="least"/>.</summary>
    internal Descriptor Duplicate(int least)
    {
        int number = Libc.fcntl(Number, DuplicateCloseOnExec, least);
        return number < 0 ? throw new Win32Exception(Libc.Error) : new Descriptor(number);
    }

    /// <summary>Writes all of it; false where nobody reads any more.</summary>
    internal bool TryWriteAll(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            nint count;
            fixed (byte* start = content) count = Libc.write(Number, start, (nuint)content.Length);
            if (count > 0) content = content[(int)count..];
            else if (Libc.Error != Libc.Interrupted) return false;
        }

        return true;
    }

    /// <summary>Gives the number up; the caller closes it.</summary>
    internal nint Release()
    {
        nint number = handle;
        SetHandleAsInvalid();
        return number;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
