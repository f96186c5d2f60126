namespace Paddock.Cli;

/// <summary>Where <c>paddock serve</c> keeps its data unless told.</summary>
internal static class DataDirectory
{
    /// <summary><c>$XDG_DATA_HOME/paddock</c>, or the platform's own place for a user's application data.</summary>
    public static string Default()
    {
        string? xdg = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        string parent = !string.IsNullOrEmpty(xdg) && Path.IsPathFullyQualified(xdg)
            ? xdg
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(parent.Length > 0 ? parent : Environment.CurrentDirectory, "paddock");
    }
}
