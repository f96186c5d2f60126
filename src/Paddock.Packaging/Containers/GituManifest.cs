namespace Paddock.Packaging;

/// <summary>What a container plugin's plugin.yaml says, as far as it could be read.</summary>
internal sealed record GituManifest
{
    public string? Name { get; init; }

    public string Version { get; init; } = "1.0.0";

    public string Description { get; init; } = "";

    public string? Runtime { get; init; }

    public string? Entry { get; init; }

    public IReadOnlyList<Permission> Permissions { get; init; } = [];

    public IReadOnlyList<string> Secrets { get; init; } = [];

    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>The normalised manifest; null where what it cannot do without could not be read.</summary>
    public PluginManifest? Normalise(string? entryPoint = null) => this is not { Name: { } name, Runtime: { } runtime, Entry: { } file } ? null : new PluginManifest
    {
        Name = name,
        Version = Version,
        Description = Description,
        Runtime = PluginRuntime.Container,
        RuntimeVersion = runtime,
        Entry = file,
        EntryPoint = entryPoint,
        Isolation = IsolationLevel.Container,
        Permissions = Permissions,
        Secrets = Secrets,
        Dependencies = Dependencies,
        Dialect = "gitu-container",
    };
}
