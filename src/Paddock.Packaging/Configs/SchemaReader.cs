using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads a schema, and reports every keyword that would not be checked.</summary>
internal sealed class SchemaReader(ManifestFindings findings) : NodeReader(findings)
{
    internal static readonly string[] Checked =
    [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
    ];

    internal static readonly string[] Described = ["title", "description", "default", "examples", "format", "$schema", "$id", "$comment", "readOnly", "writeOnly", "deprecated"];

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    public SchemaNode? Read(DataNode node)
    {
        // true allows everything.
        if (node is DataScalar { Plain: true, Text: "true" }) return new SchemaNode();
        if (Mapping(node, "the schema") is not { } schema) return null;
        var read = new SchemaNode();
        foreach (var (key, value) in schema.Entries) read = Read(key, value, read);
        return read;
    }

    private SchemaNode Read(DataScalar key, DataNode value, SchemaNode read)
    {
        switch (key.Text)
        {
            case "type": return read with { Types = ReadTypes(value) };
            case "properties": return read with { Properties = ReadProperties(value) };
            case "required": return read with { Required = [.. Items(value, "required").Select(i => Text(i, "required")).OfType<string>()] };
            case "additionalProperties":
                return value is DataScalar { Plain: true, Text: "false" } ? read with { Open = false } : read with { Additional = Read(value) };
            case "items": return read with { Items = Read(value) };
            case "enum": return read with { Values = [.. Items(value, "enum").Select(Canonical)] };
            case "const": return read with { Values = [Canonical(value)] };
            case "minimum": return read with { Minimum = Number(value, key.Text) };
            case "maximum": return read with { Maximum = Number(value, key.Text) };
            case "exclusiveMinimum": return read with { ExclusiveMinimum = Number(value, key.Text) };
            case "exclusiveMaximum": return read with { ExclusiveMaximum = Number(value, key.Text) };
            case "minLength": return read with { MinLength = Integer(value, key.Text, 0, int.MaxValue) };
            case "maxLength": return read with { MaxLength = Integer(value, key.Text, 0, int.MaxValue) };
            case "minItems": return read with { MinItems = Integer(value, key.Text, 0, int.MaxValue) };
            case "maxItems": return read with { MaxItems = Integer(value, key.Text, 0, int.MaxValue) };
            case "uniqueItems": return read with { UniqueItems = Flag(value, key.Text) ?? false };
            case "pattern": return read with { Pattern = ReadPattern(value) };
            default:
                if (!Described.Contains(key.Text) && !key.Text.StartsWith("x-", StringComparison.Ordinal))
                    Unknown(key, string.Join(", ", Checked));
                return read;
        }
    }

    private List<string> ReadTypes(DataNode value)
    {
        var read = new List<string>();
        foreach (var item in value is DataSequence list ? list.Items : [value])
        {
            if (item is DataScalar { Text: var type } && Types.Contains(type)) read.Add(type);
            else Findings.Report(PackageCodes.ConfigSchemaInvalid, item, "This is no type.", $"Known are {string.Join(", ", Types)}.");
        }

        return read;
    }

    private Dictionary<string, SchemaNode> ReadProperties(DataNode value)
    {
        var read = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (var (key, node) in Mapping(value, "properties")?.Entries ?? [])
            if (Read(node) is { } schema) read[key.Text] = schema;
        return read;
    }

    // SECURITY: a pattern that takes exponential time over a config; this engine takes linear time, and has no look-around or backreference for that.
    private Regex? ReadPattern(DataNode value)
    {
        if (Text(value, "pattern") is not { Length: <= 1000 } pattern) return null;
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            Findings.Report(PackageCodes.ConfigSchemaInvalid, value, "The pattern is no regular expression without look-around and backreferences.");
            return null;
        }
    }

    private double? Number(DataNode value, string name)
    {
        if (AsNumber(value) is { } number) return number;
        Findings.Report(PackageCodes.ConfigSchemaInvalid, value, $"{name} is no number.");
        return null;
    }

    internal static double? AsNumber(DataNode value) =>
        value is DataScalar { Plain: true } scalar && DataJson.IsNumber(scalar.Text) ? double.Parse(scalar.Text, CultureInfo.InvariantCulture) : null;

    /// <summary>One text for each JSON value: 1 and 1.0 are one number, the order of members does not count.</summary>
    internal static string Canonical(DataNode value)
    {
        var text = new StringBuilder();
        PythonJson.Write(Normalise(value), text);
        return text.ToString();
    }

    private static DataNode Normalise(DataNode node) => node switch
    {
        DataMapping mapping => mapping with { Entries = [.. mapping.Entries.Select(e => (e.Key, Normalise(e.Value)))] },
        DataSequence sequence => sequence with { Items = [.. sequence.Items.Select(Normalise)] },
        DataScalar scalar when AsNumber(scalar) is { } number => scalar with { Text = (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture) },
        _ => node,
    };
}
