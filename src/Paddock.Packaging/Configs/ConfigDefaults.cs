using System.Text.Json;
using System.Text.Json.Nodes;

namespace Paddock.Packaging;

/// <summary>Puts a schema's <c>default</c>s where a config says nothing.</summary>
internal static class ConfigDefaults
{
    /// <summary>The config with the defaults of its missing properties, at every level that it has.</summary>
    public static byte[] Apply(ReadOnlyMemory<byte> schema, ReadOnlyMemory<byte> config)
    {
        var node = JsonNode.Parse(config.Span);
        if (node is JsonObject instance) Fill(JsonNode.Parse(schema.Span), instance);
        return node is null ? "null"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(node);
    }

    private static void Fill(JsonNode? schema, JsonObject instance)
    {
        if (schema?["properties"] is not JsonObject properties) return;
        foreach (var (name, property) in properties)
        {
            if (!instance.ContainsKey(name) && property is JsonObject declared && declared.TryGetPropertyValue("default", out var value))
                instance[name] = value?.DeepClone();
            if (instance[name] is JsonObject inner) Fill(property, inner);
        }
    }
}
