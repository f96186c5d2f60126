using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Writes a node as JSON: what is plain and is JSON's own (numbers, true, false, null) as that, everything else as text.</summary>
internal static partial class DataJson
{
    public static byte[] Write(DataNode? node, string missing)
    {
        if (node is null) return Encoding.UTF8.GetBytes(missing);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) Write(node, writer);
        return stream.ToArray();
    }

    private static void Write(DataNode node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case DataMapping mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Entries)
                {
                    writer.WritePropertyName(key.Text);
                    Write(value, writer);
                }

                writer.WriteEndObject();
                break;
            case DataSequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items) Write(item, writer);
                writer.WriteEndArray();
                break;
            case DataScalar { IsNull: true }: writer.WriteNullValue(); break;
            case DataScalar { Plain: true } plain when plain.Text is "true" or "false" || IsNumber(plain.Text): writer.WriteRawValue(plain.Text); break;
            case DataScalar text: writer.WriteStringValue(text.Text); break;
        }
    }

    internal static bool IsNumber(string text) => text.Length <= 64 && NumberForm().IsMatch(text);

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberForm();
}
