using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>A JSON Schema of the subset that docs/config-schema.md states, and the check of a config against it.</summary>
/// <remarks>
/// The subset: type, properties, required, additionalProperties, items, enum, const, minimum, maximum, exclusiveMinimum,
/// exclusiveMaximum, minLength, maxLength, pattern, minItems, maxItems, uniqueItems; title, description, default, examples,
/// format, $schema, $id and x-… say something to people and check nothing. Any other keyword is an error: a schema that says
/// more than is checked would be believed.
/// </remarks>
public sealed class ConfigSchema
{
    private readonly SchemaNode _root;

    private ConfigSchema(SchemaNode root, ReadOnlyMemory<byte> json)
    {
        _root = root;
        Json = json;
    }

    /// <summary>The schema as UTF-8 JSON, for a settings form.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Everything in which <paramref name="config"/> does not fit, each with its path; empty when it fits.</summary>
    public IReadOnlyList<Finding> Validate(JsonElement config) =>
        Validate(System.Text.Encoding.UTF8.GetBytes(config.ValueKind == JsonValueKind.Undefined ? "{}" : config.GetRawText()));

    /// <summary>The same for UTF-8 JSON. Any bytes give an answer.</summary>
    public IReadOnlyList<Finding> Validate(ReadOnlySpan<byte> config)
    {
        var findings = new List<Finding>();
        var document = JsonData.Read(config, DataBounds.Package, new ManifestFindings(findings, "config", PackageCodes.ConfigInvalid));
        if (document is not null) new ConfigValidation(findings).Check(_root, document, "config");
        return findings;
    }

    /// <summary>A config that fits, with the defaults of what it leaves out. Where a default does not fit its own schema, the config as it is.</summary>
    public ReadOnlyMemory<byte> WithDefaults(ReadOnlyMemory<byte> config)
    {
        byte[] filled = ConfigDefaults.Apply(Json, config);
        return Validate(filled).Count == 0 ? filled : config;
    }

    internal static ConfigSchema? Parse(ReadOnlyMemory<byte> text, string path, List<Finding> findings)
    {
        var found = new ManifestFindings(findings, path, PackageCodes.ConfigSchemaInvalid);
        return JsonData.Read(text.Span, DataBounds.Package, found) is { } root ? Read(root, found) : null;
    }

    internal static ConfigSchema? Read(DataNode root, ManifestFindings findings) =>
        new SchemaReader(findings).Read(root) is { } schema ? new ConfigSchema(schema, DataJson.Write(root, "{}")) : null;
}
