using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Files;

/// <summary>A function on files beneath granted directories.</summary>
internal abstract class FileFunction(string name, Access access, params string[] members)
    : HostFunction(name, PermissionType.Files, access, members)
{
    internal override string Target(JsonElement arguments) => Arguments.Text(arguments, "path");

    internal override bool Covers(Permission granted, JsonElement arguments) =>
        GrantedPath.Find([new Grant("", "", "", granted, DateTimeOffset.MaxValue)], Arguments.Text(arguments, "path")) is not null;

    // All at once: a relative path means the one root that is granted, if there is one only.
    internal override Grant? Covering(IReadOnlyList<Grant> held, JsonElement arguments) =>
        GrantedPath.Find(held, Arguments.Text(arguments, "path"))?.Grant;

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var path = GrantedPath.Find([call.Grant!], Arguments.Text(call.Arguments, "path"))!.Value;

        // A file system that hangs (a dead network mount) must not hold the call past its time. The arguments are copied, for
        // then this work outlives the document they came in.
        var own = call.Arguments.Clone();
        return await Task.Run(async () => await PerformAsync(path, own, cancellationToken).ConfigureAwait(false), cancellationToken)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected abstract ValueTask<HostReply> PerformAsync(GrantedPath path, JsonElement arguments, CancellationToken cancellationToken);

    /// <summary>Whether content is base64 rather than UTF-8 text, which is the default.</summary>
    protected static bool IsBase64(JsonElement arguments) => Arguments.OptionalText(arguments, "encoding") switch
    {
        null or "utf8" or "utf-8" => false,
        "base64" => true,
        _ => throw Arguments.Invalid("encoding is neither utf8 nor base64."),
    };
}

/// <summary>files.read {path, encoding?}: the content as text.</summary>
internal sealed class ReadFile(HostApiOptions options) : FileFunction("files.read", Access.Read, "path", "encoding")
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    protected override async ValueTask<HostReply> PerformAsync(GrantedPath path, JsonElement arguments, CancellationToken cancellationToken)
    {
        var base64 = IsBase64(arguments);
        using var root = GrantedRoot.Open(path.Root);
        using var file = root.OpenFile(path.Relative);

        // SECURITY: lengths changed after they were read. The buffer grows with the file, up to one byte more than is allowed.
        var buffer = new byte[Math.Min(RandomAccess.GetLength(file), options.FileBytes) + 1];
        var length = 0;
        for (int read; (read = await RandomAccess.ReadAsync(file, buffer.AsMemory(length), length, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            length += read;
            if (length > options.FileBytes) break;
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, options.FileBytes + 1L));
        }

        if (length > options.FileBytes) return HostReply.Fail(ErrorCodes.QuotaExceeded, $"The file is larger than {options.FileBytes} bytes.");
        if (base64) return Json(Convert.ToBase64String(buffer, 0, length));
        try
        {
            return Json(Strict.GetString(buffer, 0, length));
        }
        catch (DecoderFallbackException)
        {
            throw Arguments.Invalid("The file is not UTF-8; read it with encoding base64.");
        }
    }
}

/// <summary>files.write {path, content, encoding?}: {path, bytes}.</summary>
internal sealed class WriteFile(HostApiOptions options) : FileFunction("files.write", Access.Write, "path", "content", "encoding")
{
    protected override async ValueTask<HostReply> PerformAsync(GrantedPath path, JsonElement arguments, CancellationToken cancellationToken)
    {
        var content = Content(Arguments.Text(arguments, "content"), IsBase64(arguments));
        if (content.Length > options.FileBytes) return HostReply.Fail(ErrorCodes.QuotaExceeded, $"The content is larger than {options.FileBytes} bytes.");
        using var root = GrantedRoot.Open(path.Root);
        await root.WriteAsync(path.Relative, content, cancellationToken).ConfigureAwait(false);
        return Json(new { path = Arguments.Text(arguments, "path"), bytes = content.Length });
    }

    private static byte[] Content(string text, bool base64)
    {
        if (!base64) return Encoding.UTF8.GetBytes(text);
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw Arguments.Invalid("content is no base64.");
        }
    }
}

/// <summary>files.list {path}: [{name, type, size}], by name. The type is file, directory or other (a link, a device: nothing that could be opened). Names that are no UTF-8 are left out, for a guest could not name them.</summary>
internal sealed class ListFiles(HostApiOptions options) : FileFunction("files.list", Access.Read, "path")
{
    protected override ValueTask<HostReply> PerformAsync(GrantedPath path, JsonElement arguments, CancellationToken cancellationToken)
    {
        using var root = GrantedRoot.Open(path.Root);
        using var directory = root.OpenDirectory(path.Relative);

        // The descriptor is the directory, whatever its name leads to by now.
        var names = Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}")
            .Select(p => Path.GetFileName(p)).Where(n => !n.StartsWith(GrantedRoot.TemporaryPrefix, StringComparison.Ordinal))
            .Take(options.ListedEntries + 1).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (names.Length > options.ListedEntries) return ValueTask.FromResult(HostReply.Fail(ErrorCodes.QuotaExceeded, $"The directory has more than {options.ListedEntries} entries."));
        var entries = names
            .Select(n => (Name: n, Status: LinuxFiles.Stat(directory, n)))
            .Where(e => e.Status is not null)
            .Select(e => new { name = e.Name, type = e.Status!.Value.IsDirectory ? "directory" : e.Status.Value.IsRegular ? "file" : "other", size = e.Status.Value.Size });
        return ValueTask.FromResult(Json(entries));
    }
}
