namespace Paddock.Packaging;

/// <summary>A directory on disk.</summary>
internal sealed class DirectorySource(string path) : PackageSource(Path.GetFileName(path.TrimEnd('/', '\\')))
{
    internal override void Read(PackageContents contents, CancellationToken cancellationToken)
    {
        using var root = SafeTree.OpenRoot(path);
        if (root is null) contents.Report(PackageCodes.Unreadable, "There is no such directory, or it cannot be read.", Printable.Text(Name));
        else Read(root, "", contents, cancellationToken);
    }

    private static void Read(SafeTree directory, string prefix, PackageContents contents, CancellationToken cancellationToken)
    {
        foreach (string name in Names(directory, prefix, contents))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = prefix + name, shown = Printable.Text(path);
            var entry = directory.Open(name);
            using (entry.File)
            using (entry.Directory)
            {
                // A path too long is refused before it is entered: directories nest without end.
                if (entry.Kind == EntryKind.Directory && PackagePath.Fault(path) is { } fault)
                    contents.Report(PackageCodes.PathInvalid, $"The path {fault}", shown);
                else if (entry.Kind == EntryKind.Directory)
                    Read(entry.Directory!, path + "/", contents, cancellationToken);
                else if (entry.Kind != EntryKind.File)
                    SafeTree.Refuse(entry.Kind, shown, contents);
                else if (contents.Expect(path, entry.Size) && SafeTree.ReadAll(entry, shown, contents) is { } content)
                    contents.Keep(path, content);
            }

            if (contents.Findings.Exists(f => f.Code is PackageCodes.TooManyFiles or PackageCodes.TotalTooLarge)) return;
        }
    }

    private static List<string> Names(SafeTree directory, string prefix, PackageContents contents)
    {
        try
        {
            // One more than allowed: enough to see that there are too many.
            var names = directory.Names().Take(contents.Limits.Files + 1).ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            contents.Report(PackageCodes.Unreadable, "The directory cannot be listed.", prefix.Length == 0 ? null : Printable.Text(prefix));
            return [];
        }
    }
}
