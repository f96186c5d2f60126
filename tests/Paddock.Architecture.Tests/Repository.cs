using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Paddock.Architecture.Tests;

/// <summary>The project files of the clone these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> SourceProjects { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Order().Select(Read)];

    /// <summary>The rows of ARCHITECTURE.md's table of projects.</summary>
    public static IReadOnlyList<ProjectFile> Table { get; } =
        [.. File.ReadLines(Path.Combine(Root, "ARCHITECTURE.md"))
            .Where(line => line.StartsWith("| Paddock", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new ProjectFile(cells[1], Names(cells[3]), Names(cells[4]), []))];

    private static string[] Names(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order()];

    private static ProjectFile Read(string path)
    {
        var project = XDocument.Load(path);
        return new ProjectFile(
            Path.GetFileNameWithoutExtension(path),
            [.. Includes(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order()!],
            [.. Includes(project, "PackageReference").Order()],
            [.. Includes(project, "InternalsVisibleTo").Order()]);
    }

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(e => e.Attribute("Include")?.Value ?? "").Select(v => v.Replace('\\', '/'));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // Deterministic builds may map source paths, so the place of the running test is tried first.
        foreach (string start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here) ?? "" })
        {
            for (var folder = new DirectoryInfo(start.Length == 0 ? "." : start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Paddock.slnx"))) return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }
}

internal sealed record ProjectFile(string Name, string[] References, string[] Packages, string[] Friends)
{
    public override string ToString() => Name;
}
