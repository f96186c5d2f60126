namespace Paddock.Packaging;

/// <summary>What a container plugin's plugin.yaml says, as far as it could be read.</summary>
internal sealed record GituManifest
{
    public string? Name { get; init; }

    public string Version { get; init; } = "1.0.0";

    public string Description { get; init; } = "";

    public string? Runtime { get; init; }

    public string? Entry { get; init; }
}
