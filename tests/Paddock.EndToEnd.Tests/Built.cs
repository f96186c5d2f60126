namespace Paddock.EndToEnd.Tests;

/// <summary>Where the programs under test are, built in the configuration of the tests themselves.</summary>
internal static class Built
{
    public static string Root { get; } = FindRoot();

    public static string Paddock { get; } = Program("src", "Paddock.Cli");

    public static string Demo { get; } = Program("samples", "Demo");

    public static string HelpDesk { get; } = Program("samples", "HelpDesk");

    public static string Bench { get; } = Program("bench", "Paddock.Bench");

    /// <summary>Compiles the sample plugins: <c>build OUTPUT</c>.</summary>
    public static string PluginBuild { get; } = Path.Combine(Root, "samples", "plugins", "build");

    public static string FileHelper { get; } = Path.Combine(Root, "samples", "gitu-file-helper", "create.json");

    private static string Program(string folder, string name)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return Path.Combine(Root, folder, name, "bin", output.Parent!.Name, output.Name, file);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Paddock.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }
}
