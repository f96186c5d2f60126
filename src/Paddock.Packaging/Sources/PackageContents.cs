namespace Paddock.Packaging;

/// <summary>The files of a package as they are read, and what is wrong with them. Holds no more than the limits.</summary>
internal sealed class PackageContents(PackageLimits limits)
{
    private const int MostFindings = 100;
    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);
    private int _expected;

    public PackageLimits Limits { get; } = limits;

    public List<Finding> Findings { get; } = [];

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files => _files;

    public long TotalBytes { get; private set; }

    /// <summary>Set where the package is one file and no archive.</summary>
    public string? SingleFile { get; set; }

    /// <summary>What stands in the <c>.sig</c> file beside a single file.</summary>
    public ReadOnlyMemory<byte>? SidecarSignature { get; set; }

    public bool HasErrors => Findings.Exists(f => f.Severity == FindingSeverity.Error);

    public void Report(string code, string message, string? path = null, string? mend = null, FindingSeverity severity = FindingSeverity.Error)
    {
        if (Findings.Count < MostFindings) Findings.Add(new Finding(code, message) { Path = path, Mend = mend, Severity = severity });
    }

    /// <summary>Takes a path before its content is read. False, with a finding, where a package cannot have it.</summary>
    // SECURITY: paths that leave the package; two names for one file; sizes that are read before they are refused.
    public bool Expect(string path, long size)
    {
        int findings = Findings.Count;
        string shown = Printable.Text(path);
        if (++_expected > Limits.Files)
        {
            if (_expected == Limits.Files + 1) Report(PackageCodes.TooManyFiles, $"There are more than {Limits.Files} files.", null, "Bundle them, or leave out what is not needed to run.");
            return false;
        }

        if (PackagePath.Fault(path) is { } fault) Report(PackageCodes.PathInvalid, $"The path {fault}", shown);
        else CheckCollisions(path, shown);
        if (size > Limits.FileBytes) Report(PackageCodes.FileTooLarge, $"The file has {size} bytes.", shown, $"{Limits.FileBytes} are allowed.");
        else if (TotalBytes <= Limits.TotalBytes && (TotalBytes += size) > Limits.TotalBytes)
            Report(PackageCodes.TotalTooLarge, $"The files have more than {Limits.TotalBytes} bytes in all.", shown);
        return Findings.Count == findings && TotalBytes <= Limits.TotalBytes;
    }

    /// <summary>Keeps the content of a path that was expected. The array is the package's own from here.</summary>
    public void Keep(string path, byte[] content) => _files.Add(path, content);

    /// <summary>Expects and keeps, with a copy of the content.</summary>
    public void Add(string path, ReadOnlyMemory<byte> content)
    {
        if (Expect(path, content.Length)) Keep(path, content.ToArray());
    }

    /// <summary>Removes a file that is no part of what is listed, such as the signature.</summary>
    public ReadOnlyMemory<byte>? Take(string path) => _files.Remove(path, out var content) ? content : default(ReadOnlyMemory<byte>?);

    private void CheckCollisions(string path, string shown)
    {
        string key = PackagePath.CollisionKey(path);
        if (!_taken.TryAdd(key, path))
        {
            Report(PackageCodes.PathCollision, _taken[key] == path ? "The file is there twice." : $"The path is the same as {Printable.Text(_taken[key])} but for case.", shown, "Keep one of them.");
            return;
        }

        if (_directories.Contains(key)) Report(PackageCodes.PathCollision, "The path is a directory too.", shown);
        for (int slash = key.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = key.IndexOf('/', slash + 1))
        {
            _directories.Add(key[..slash]);
            if (_taken.ContainsKey(key[..slash])) Report(PackageCodes.PathCollision, "A directory in the path is a file too.", shown);
        }
    }
}
