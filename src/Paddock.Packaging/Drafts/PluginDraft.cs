using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>A plugin as somebody posts it: a claim of which nothing is checked yet, and which has no id.</summary>
/// <remarks>
/// A draft with a member <c>files</c> in its config is a container plugin, and its code is then the text of a
/// plugin.yaml; every other draft is a JavaScript snippet. The rule looks at one thing that is there or is not, never
/// at what the code looks like: no text can be read as one kind by one reader and as the other kind by another.
/// </remarks>
public sealed record PluginDraft
{
    /// <summary>Display name, 2 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Free text, up to 2,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>JavaScript, or the plugin.yaml of a container plugin; 10 to 200,000 characters.</summary>
    public string? Code { get; init; }

    /// <summary>The export a call goes to; null for the module's own export or its default.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>A JSON object, or null. <c>files</c> in it makes this a container plugin.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>Whether it may be called. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What was wrong with the JSON this was read from, beyond what the members above can express. <see cref="PackageVerifier"/> reports it with everything else.</summary>
    public IReadOnlyList<Finding> FormFindings { get; internal init; } = [];

    /// <summary>Whether this is a container plugin: its config has a member <c>files</c>.</summary>
    public bool IsContainer => FilesOfConfig is not null;

    internal JsonElement? FilesOfConfig => Config is { ValueKind: JsonValueKind.Object } config ? JsonText.Member(config, "files") : null;

    /// <summary>Reads a draft from the body of a request. Never throws on content: what cannot be read is in <see cref="FormFindings"/> or left null, and verification then refuses the draft.</summary>
    /// <param name="body">Any JSON. Copied: the document may be disposed afterwards.</param>
    public static PluginDraft FromJson(JsonElement body) => DraftReader.Read(body);
}
