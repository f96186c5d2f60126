namespace Paddock;

/// <summary>All that a sandbox is told of a plugin: verified files, where to start, and limits. No path, name, key or grant of the host is in it.</summary>
public sealed record SandboxSpec
{
    /// <summary>SHA-256 (lower-case hex) of the package; two specs with the same digest hold the same bytes.</summary>
    public required string Digest { get; init; }

    /// <summary>What kind of sandbox it needs.</summary>
    public required PluginRuntime Runtime { get; init; }

    /// <summary>The dialect's own name of the runtime (<c>node18</c>), where it says more than <see cref="Runtime"/>; null otherwise.</summary>
    public string? RuntimeVersion { get; init; }

    /// <summary>The least isolation that it is to run in, by its manifest and its host's policy. Default <see cref="IsolationLevel.InProcess"/>.</summary>
    public IsolationLevel Isolation { get; init; }

    /// <summary>Names and versions of the npm or pip packages that its image is built with. Default none.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether what is to run was approved. For what was not nothing is fetched, installed or built. Default false.</summary>
    public bool Approved { get; init; }

    /// <summary>The verified bytes, by path within the package.</summary>
    public required IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; }

    /// <summary>The file that is run; a key of <see cref="Files"/>.</summary>
    public required string Entry { get; init; }

    /// <summary>The export that a call goes to when it names none; null means the module's own export or its default.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>The dialect its manifest was written in (<see cref="PluginManifest.Dialect"/>): programs of some are called in another way, and answer in another form. Default <c>paddock</c>.</summary>
    public string Dialect { get; init; } = "paddock";

    /// <summary>Limits of initialisation and of each call.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Whether calls share one instance and its state, one at a time, instead of each starting from the snapshot. Default false.</summary>
    public bool Stateful { get; init; }

    /// <summary>The guest's time zone. Default UTC; never the host's by accident.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;
}
