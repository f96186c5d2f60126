using System.Buffers;

namespace Paddock.Packaging;

/// <summary>The form of a file's path within a package.</summary>
internal static class PackagePath
{
    private const int Longest = 200;

    // SECURITY: names that collide by Unicode normal form, or look alike. Only ASCII is allowed, which has one form;
    // the runtime's own normalisation leaves other text as it is when globalisation is invariant, so it cannot be the check.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@ ()[]{}!#$%&'=~,;^/");

    private static readonly SearchValues<string> Devices = SearchValues.Create(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(n => (string[])[$"com{n}", $"lpt{n}"])], StringComparison.OrdinalIgnoreCase);

    /// <summary>Two names with the same key are the same file on some file system.</summary>
    public static string CollisionKey(string path) => path.ToUpperInvariant();

    /// <summary>What is wrong with the path, to be read after its name; null when it will do.</summary>
    // SECURITY: `..`, absolute, drive and UNC names, device names: paths that leave the package wherever it is unpacked.
    public static string? Fault(string path)
    {
        if (path.Length is 0 or > Longest) return $"has no name of 1 to {Longest} characters.";
        if (path.AsSpan().ContainsAnyExcept(Allowed))
            return "has characters that a file name in a package cannot have: letters, digits and plain punctuation are allowed, / separates directories.";
        foreach (string segment in path.Split('/'))
        {
            if (segment.Length == 0) return "has an empty segment: it begins or ends with / or has // in it.";
            if (segment is "." or "..") return "has a segment . or .. in it.";
            if (segment[0] == ' ' || segment[^1] is ' ' or '.') return "has a segment that begins with a space, or ends with a space or a dot.";
            if (Devices.Contains(segment.Split('.')[0])) return "has a segment that is a device name.";
        }

        return null;
    }
}
