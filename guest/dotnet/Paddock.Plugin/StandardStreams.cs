using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Paddock.Plugins;

/// <summary>Standard input and output, moved to descriptors that no child inherits. In their place are nothing, and standard error: what a library prints past <see cref="Console"/> never is a message.</summary>
internal sealed partial class StandardStreams : IDisposable
{
    private const int DuplicateCloseOnExec = 1030, FirstFree = 3;

    private StandardStreams(FileStream input, FileStream output)
    {
        Input = input;
        Output = output;
    }

    internal FileStream Input { get; }

    internal FileStream Output { get; }

    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    internal static StandardStreams Take()
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Plugins in processes of their own run on Linux.");
        var (input, output) = (Move(0), Move(1));
        using var nothing = File.OpenHandle("/dev/null");
        Check(dup3((int)nothing.DangerousGetHandle(), 0, 0));
        Check(dup3(2, 1, 0));
        return new StandardStreams(new FileStream(input, FileAccess.Read, bufferSize: 0), new FileStream(output, FileAccess.Write, bufferSize: 0));
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
    }

    private static SafeFileHandle Move(int descriptor) => new(Check(fcntl(descriptor, DuplicateCloseOnExec, FirstFree)), ownsHandle: true);

    private static int Check(int result) => result >= 0 ? result : throw new IOException("The standard streams could not be moved.");

    // Variadic in C; on the architectures of Linux that .NET has, an integer argument is passed alike either way.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup3(int from, int to, int flags);
}
