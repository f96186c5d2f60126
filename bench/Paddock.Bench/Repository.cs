namespace Paddock.Bench;

/// <summary>The working copy that this program was built in.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Paddock.slnx"))) return folder.FullName;
        throw new InvalidOperationException("The benches run in a working copy of the repository.");
    }
}
