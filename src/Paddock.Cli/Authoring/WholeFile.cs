namespace Paddock.Cli;

/// <summary>Writes files that appear under their name whole or not at all.</summary>
internal static class WholeFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string fresh = path + ".new";
        File.WriteAllBytes(fresh, content);
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Writes a file that only its owner reads. One that is there stays.</summary>
    public static void WriteSecret(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(content);
    }
}
