using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>
/// A granted directory, held open. Every path is resolved by the kernel beneath it, without symlinks: there is no moment between
/// looking and opening in which somebody could exchange a directory for a link.
/// </summary>
internal sealed class GrantedRoot : IDisposable
{
    /// <summary>How the names of half-written files begin. Guests neither see nor name them: one is left behind when the host is killed.</summary>
    internal const string TemporaryPrefix = ".paddock-tmp-";

    private readonly SafeFileHandle _root;

    private GrantedRoot(SafeFileHandle root) => _root = root;

    internal static GrantedRoot Open(string path)
    {
        if (!LinuxFiles.IsSupported) throw new HostCallException(ErrorCodes.HostError, "This host has no files for plugins: it needs Linux on x64 or arm64.");

        // SECURITY: the root itself may have been exchanged for a link since it was granted.
        return new GrantedRoot(LinuxFiles.Open(null, path, LinuxFiles.PathOnly | LinuxFiles.Directory, out var error) ?? throw Refused(error));
    }

    /// <summary>A regular file, for reading.</summary>
    internal SafeFileHandle OpenFile(string relative) => OpenRegular(_root, relative, LinuxFiles.Read, out _);

    internal SafeFileHandle OpenDirectory(string relative) =>
        LinuxFiles.Open(_root, relative, LinuxFiles.Read | LinuxFiles.Directory, out var error) ?? throw Refused(error);

    /// <summary>Writes a file whole: into a temporary name beside it, synchronised, then renamed, so that nobody reads half of it. Missing directories are made.</summary>
    internal async ValueTask WriteAsync(string relative, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var segments = relative.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToArray();
        if (segments.Length == 0) throw Arguments.Invalid("path names a directory.");
        using var parent = OpenParent(segments);
        var mode = CheckTarget(parent, segments[^1]);
        var temporary = TemporaryPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        try
        {
            using (var file = LinuxFiles.Open(parent, temporary, LinuxFiles.Write | LinuxFiles.Create | LinuxFiles.Exclusive, out var error) ?? throw Refused(error))
            {
                if (mode is { } kept) LinuxFiles.SetMode(file, kept);
                await RandomAccess.WriteAsync(file, content, 0, cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file);
            }

            // SECURITY: work that outlives its call. A call that has ended no longer changes anything that a reader sees.
            cancellationToken.ThrowIfCancellationRequested();
            if (!LinuxFiles.Rename(parent, temporary, segments[^1], out var failure)) throw Refused(failure);
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
            if (next is null && error == LinuxFiles.NoEntry && LinuxFiles.MakeDirectory(current, segment, out error))
                next = LinuxFiles.Open(current, segment, LinuxFiles.PathOnly | LinuxFiles.Directory, out error);
            current.Dispose();
            current = next ?? throw Refused(error);
        }

        return current;
    }

    /// <summary>Whether a file of that name may be replaced; its mode, or null when there is none.</summary>
    private static int? CheckTarget(SafeFileHandle parent, string name)
    {
        using (var there = LinuxFiles.Open(parent, name, LinuxFiles.PathOnly, out var error))
        {
            if (there is null) return error == LinuxFiles.NoEntry ? null : throw Refused(error);
        }

        // Opened for writing though it is replaced: the kernel says whether this file is protected.
        OpenRegular(parent, name, LinuxFiles.Write, out var status).Dispose();

        // SECURITY: a second name of a file outside the root. Replacing the name would not touch that file, but the author believes it would be one.
        if (status.Links > 1) throw new HostCallException(ErrorCodes.PermissionDenied, "The file has several names.");
        return status.Mode;
    }

    // SECURITY: opening a device or a FIFO is an act already (a tape rewinds, a writer wakes). What is there is looked at through
    // a handle that opens nothing; what is then opened is looked at again, for it may have been exchanged, and does not block.
    private static SafeFileHandle OpenRegular(SafeFileHandle directory, string relative, int flags, out LinuxFiles.Status status)
    {
        using (var seen = LinuxFiles.Open(directory, relative, LinuxFiles.PathOnly, out var unseen) ?? throw Refused(unseen)) RequireRegular(seen);
        var handle = LinuxFiles.Open(directory, relative, flags | LinuxFiles.NonBlocking, out var error) ?? throw Refused(error);
        try
        {
            status = RequireRegular(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static LinuxFiles.Status RequireRegular(SafeFileHandle handle) => LinuxFiles.Stat(handle, "") switch
    {
        { IsRegular: true } status => status,
        { IsLink: true } => throw Refused(LinuxFiles.Loop),
        _ => throw Arguments.Invalid("path is no regular file."),
    };

    private static HostCallException Refused(int error) => error switch
    {
        LinuxFiles.NoEntry or LinuxFiles.NotDirectory => new HostCallException(ErrorCodes.NotFound, "There is no such file or directory."),
        LinuxFiles.Loop or LinuxFiles.CrossDevice => new HostCallException(ErrorCodes.PermissionDenied, "The path leads through a link or out of the granted directory."),
        LinuxFiles.AccessDenied or LinuxFiles.NotPermitted or LinuxFiles.ReadOnlyFileSystem => new HostCallException(ErrorCodes.PermissionDenied, "The host's operating system does not allow this."),
        LinuxFiles.NameTooLong => Arguments.Invalid("A name in the path is too long."),
        LinuxFiles.IsDirectory => Arguments.Invalid("path is a directory."),
        LinuxFiles.NoSpace or LinuxFiles.QuotaExceeded => new HostCallException(ErrorCodes.QuotaExceeded, "The host has no room for this."),
        _ => new HostCallException(ErrorCodes.HostError, "The host cannot open this."),
    };
}
