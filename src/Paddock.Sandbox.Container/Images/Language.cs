namespace Paddock.Sandbox.Container.Images;

/// <summary>What images are built for: the two languages of packages, and the .NET that workers run on.</summary>
internal enum Language
{
    Python,
    Node,
    Dotnet,
}

/// <summary>A runtime by name, and what it means in a container.</summary>
internal sealed record ContainerLanguage(string Name, Language Language)
{
    /// <summary>Where a package's files are in a container.</summary>
    internal const string Files = "/app";

    /// <summary>Where pip's packages are.</summary>
    internal const string PythonPackages = "/deps";

    internal static IReadOnlyList<ContainerLanguage> All { get; } =
    [
        new("node18", Language.Node), new("node20", Language.Node), new("node22", Language.Node),
        new("python3.11", Language.Python), new("python3.12", Language.Python),
    ];

    /// <summary>What workers run on. No package names it: theirs are JavaScript and WebAssembly.</summary>
    internal static ContainerLanguage Worker { get; } = new($"dotnet{System.Environment.Version.Major}", Language.Dotnet);

    /// <summary>All that there are base images of.</summary>
    internal static IReadOnlyList<ContainerLanguage> Bases { get; } = [.. All, Worker];

    /// <summary>This one, then the others of its language, the newest first.</summary>
    internal IEnumerable<ContainerLanguage> WithOthers => [this, .. All.Where(l => l.Language == Language && l != this).Reverse()];

    /// <summary>Name of its image where options name none.</summary>
    internal string DefaultImage => $"localhost/paddock/{Name}:latest";

    internal string Program => Language switch
    {
        Language.Python => "python3",
        Language.Node => "node",
        _ => "dotnet",
    };

    internal IReadOnlyDictionary<string, string> Environment => Language switch
    {
        Language.Python => new Dictionary<string, string> { ["PATH"] = Path, ["HOME"] = "/tmp", ["LANG"] = "C.UTF-8", ["PYTHONPATH"] = PythonPackages, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        Language.Node => new Dictionary<string, string> { ["PATH"] = Path, ["HOME"] = "/tmp", ["LANG"] = "C.UTF-8", ["NODE_ENV"] = "production" },
        _ => new Dictionary<string, string> { ["PATH"] = Path, ["HOME"] = "/tmp", ["LANG"] = "C.UTF-8" },
    };

    private const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The runtime of a spec: what its manifest names, or the usual one of its language.</summary>
    internal static ContainerLanguage? Of(SandboxSpec spec)
    {
        if (spec.RuntimeVersion is { } name) return All.FirstOrDefault(l => l.Name == name);
        return spec.Runtime switch
        {
            PluginRuntime.Python => Python,
            PluginRuntime.Node => Node,
            _ when spec.Entry.EndsWith(".py", StringComparison.Ordinal) => Python,
            _ when spec.Entry.EndsWith(".js", StringComparison.Ordinal) || spec.Entry.EndsWith(".mjs", StringComparison.Ordinal) || spec.Entry.EndsWith(".cjs", StringComparison.Ordinal) => Node,
            _ => null,
        };
    }

    private static ContainerLanguage Python => All.First(l => l.Name == "python3.11");

    private static ContainerLanguage Node => All.First(l => l.Name == "node20");
}
