using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>
/// A granted directory, held open. Every path is resolved by the kernel beneath it, without symlinks: there is no moment between
/// looking and opening in which somebody could exchange a directory for a link.
/// </summary>
internal sealed class GrantedRoot : IDisposable
{
    private readonly SafeFileHandle _root;

    private GrantedRoot(SafeFileHandle root) => _root = root;

    internal static GrantedRoot Open(string path)
    {
        if (!OperatingSystem.IsLinux()) throw new HostCallException(ErrorCodes.HostError, "Files are available on Linux only.");

        // SECURITY: the root itself may have been exchanged for a link since it was granted.
        return new GrantedRoot(LinuxFiles.Open(null, path, LinuxFiles.PathOnly | LinuxFiles.Directory, out var error) ?? throw Refused(error));
    }

    /// <summary>A regular file, for reading.</summary>
    internal SafeFileHandle OpenFile(string relative)
    {
        // Not blocking: a FIFO without a writer would hold the thread; it is found out and closed.
        var handle = LinuxFiles.Open(_root, relative, LinuxFiles.Read | LinuxFiles.NonBlocking, out var error) ?? throw Refused(error);
        if (LinuxFiles.Stat(handle, "") is { IsRegular: true }) return handle;
        handle.Dispose();
        throw Arguments.Invalid("path is no regular file.");
    }

    internal SafeFileHandle OpenDirectory(string relative) =>
        LinuxFiles.Open(_root, relative, LinuxFiles.Read | LinuxFiles.Directory, out var error) ?? throw Refused(error);

    /// <summary>Writes a file whole: into a temporary name beside it, synchronised, then renamed, so that nobody reads half of it. Missing directories are made.</summary>
    internal async ValueTask WriteAsync(string relative, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var segments = relative.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToArray();
        if (segments.Length == 0) throw Arguments.Invalid("path names a directory.");
        using var parent = OpenParent(segments);
        CheckTarget(parent, segments[^1]);
        var temporary = $".paddock-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        try
        {
            using (var file = LinuxFiles.Open(parent, temporary, LinuxFiles.Write | LinuxFiles.Create | LinuxFiles.Exclusive, out var error) ?? throw Refused(error))
            {
                await RandomAccess.WriteAsync(file, content, 0, cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file);
            }

            if (!LinuxFiles.Rename(parent, temporary, segments[^1])) throw new IOException("rename failed");
        }
        catch
        {
            LinuxFiles.Remove(parent, temporary);
            throw;
        }
    }

    public void Dispose() => _root.Dispose();

    private SafeFileHandle OpenParent(string[] segments)
    {
        var current = LinuxFiles.Open(_root, ".", LinuxFiles.PathOnly | LinuxFiles.Directory, out var error) ?? throw Refused(error);
        foreach (var segment in segments[..^1])
        {
            var next = LinuxFiles.Open(current, segment, LinuxFiles.PathOnly | LinuxFiles.Directory, out error);
            if (next is null && error == LinuxFiles.NoEntry && LinuxFiles.MakeDirectory(current, segment))
                next = LinuxFiles.Open(current, segment, LinuxFiles.PathOnly | LinuxFiles.Directory, out error);
            current.Dispose();
            current = next ?? throw Refused(error);
        }

        return current;
    }

    private static void CheckTarget(SafeFileHandle parent, string name)
    {
        if (LinuxFiles.Stat(parent, name) is not { } status) return;
        if (!status.IsRegular) throw Arguments.Invalid("path is there and is no regular file.");

        // SECURITY: a second name of a file outside the root. Replacing the name would not touch that file, but the author believes it would be one.
        if (status.Links > 1) throw new HostCallException(ErrorCodes.PermissionDenied, "The file has several names.");
    }

    private static HostCallException Refused(int error) => error switch
    {
        LinuxFiles.NoEntry or LinuxFiles.NotDirectory => new HostCallException(ErrorCodes.NotFound, "There is no such file or directory."),
        LinuxFiles.Loop or LinuxFiles.CrossDevice => new HostCallException(ErrorCodes.PermissionDenied, "The path leads through a link or out of the granted directory."),
        _ => new HostCallException(ErrorCodes.HostError, "The host cannot open this."),
    };
}
