namespace Paddock.Packaging;

/// <summary>A file on disk.</summary>
internal sealed class FileSource(string path) : PackageSource(Path.GetFileName(path))
{
    internal override void Read(PackageContents contents, CancellationToken cancellationToken)
    {
        using var directory = SafeTree.OpenRoot(Path.GetDirectoryName(path) ?? "/");
        if (directory is null)
        {
            contents.Report(PackageCodes.Unreadable, "There is no such directory, or it cannot be read.", Printable.Text(Name));
            return;
        }

        if (ReadWhole(directory, Name, contents.Limits.TotalBytes, contents) is { } content)
            ReadSingle(Name, content, ReadSidecar(directory, contents), contents, cancellationToken);
    }

    private static byte[]? ReadWhole(SafeTree directory, string name, long most, PackageContents contents)
    {
        var entry = directory.Open(name);
        using (entry.File)
        {
            if (entry.Kind == EntryKind.File && entry.Size > most)
                contents.Report(PackageCodes.TotalTooLarge, $"The file has {entry.Size} bytes.", Printable.Text(name), $"{most} are allowed.");
            else if (entry.Kind == EntryKind.File)
                return SafeTree.ReadAll(entry, Printable.Text(name), contents);
            else
                SafeTree.Refuse(entry.Kind, Printable.Text(name), contents);
            return null;
        }
    }

    private ReadOnlyMemory<byte>? ReadSidecar(SafeTree directory, PackageContents contents)
    {
        string name = Name + ".sig";
        var entry = directory.Open(name);
        entry.File?.Dispose();
        entry.Directory?.Dispose();
        return entry.Kind != EntryKind.Missing && ReadWhole(directory, name, contents.Limits.SignatureBytes, contents) is { } signature ? signature : default(ReadOnlyMemory<byte>?);
    }
}
