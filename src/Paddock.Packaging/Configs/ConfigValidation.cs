using System.Text;

namespace Paddock.Packaging;

/// <summary>Holds a config against a schema and collects all that does not fit.</summary>
internal sealed class ConfigValidation(List<Finding> findings)
{
    private const int Most = 100;

    public void Check(SchemaNode schema, DataNode value, string path)
    {
        if (schema.Types.Count > 0 && !schema.Types.Any(t => Is(value, t)))
        {
            Report(value, path, $"is no {string.Join(" or ", schema.Types)}.");
            return;
        }

        if (schema.Values is { } values && !values.Contains(SchemaReader.Canonical(value)))
            Report(value, path, $"is none of the allowed values: {string.Join(", ", values.Take(20))}.");
        switch (value)
        {
            case DataMapping mapping: CheckObject(schema, mapping, path); break;
            case DataSequence sequence: CheckArray(schema, sequence, path); break;
            case DataScalar { Plain: false } text: CheckText(schema, text, path); break;
            default: CheckNumber(schema, value, path); break;
        }
    }

    private static bool Is(DataNode value, string type) => type switch
    {
        "object" => value is DataMapping,
        "array" => value is DataSequence,
        "string" => value is DataScalar { Plain: false },
        "boolean" => value is DataScalar { Plain: true, Text: "true" or "false" },
        "null" => value is DataScalar { Plain: true, Text: "null" },
        "integer" => SchemaReader.AsNumber(value) is { } number && double.IsInteger(number),
        _ => SchemaReader.AsNumber(value) is not null,
    };

    private void CheckObject(SchemaNode schema, DataMapping mapping, string path)
    {
        foreach (string required in schema.Required)
            if (mapping.Find(required) is null) Report(mapping, $"{path}.{Printable.Text(required)}", "is missing.");
        foreach (var (key, value) in mapping.Entries)
        {
            string inner = $"{path}.{Printable.Text(key.Text)}";
            if (schema.Properties.TryGetValue(key.Text, out var property)) Check(property, value, inner);
            else if (!schema.Open) Report(key, inner, "is not known.");
            else if (schema.Additional is { } additional) Check(additional, value, inner);
        }
    }

    private void CheckArray(SchemaNode schema, DataSequence sequence, string path)
    {
        int count = sequence.Items.Count;
        if (count < schema.MinItems) Report(sequence, path, $"has {count} items; {schema.MinItems} are needed.");
        if (count > schema.MaxItems) Report(sequence, path, $"has {count} items; {schema.MaxItems} are allowed.");
        if (schema.UniqueItems && sequence.Items.Select(SchemaReader.Canonical).Distinct(StringComparer.Ordinal).Count() < count)
            Report(sequence, path, "has an item twice.");
        if (schema.Items is not { } items) return;
        for (int i = 0; i < count; i++) Check(items, sequence.Items[i], $"{path}[{i}]");
    }

    private void CheckText(SchemaNode schema, DataScalar text, string path)
    {
        // JSON Schema counts characters, not UTF-16 units.
        int length = text.Text.EnumerateRunes().Count();
        if (length < schema.MinLength) Report(text, path, $"is shorter than {schema.MinLength} characters.");
        if (length > schema.MaxLength) Report(text, path, $"is longer than {schema.MaxLength} characters.");
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text.Text)) Report(text, path, $"is not of the form {Printable.Text(pattern.ToString())}.");
    }

    private void CheckNumber(SchemaNode schema, DataNode value, string path)
    {
        if (SchemaReader.AsNumber(value) is not { } number) return;
        if (number < schema.Minimum) Report(value, path, $"is less than {schema.Minimum}.");
        if (number > schema.Maximum) Report(value, path, $"is more than {schema.Maximum}.");
        if (number <= schema.ExclusiveMinimum) Report(value, path, $"is not more than {schema.ExclusiveMinimum}.");
        if (number >= schema.ExclusiveMaximum) Report(value, path, $"is not less than {schema.ExclusiveMaximum}.");
    }

    private void Report(DataNode at, string path, string message)
    {
        if (findings.Count < Most) findings.Add(new Finding(PackageCodes.ConfigInvalid, $"{path} {message}") { Path = path, Line = at.Line, Column = at.Column });
    }
}
