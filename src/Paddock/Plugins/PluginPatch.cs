using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Paddock.Packaging;

namespace Paddock;

/// <summary>A change of some members of a plugin: a JSON object with the members of a draft, of which only those that are there change. <c>null</c> removes a member that may be absent.</summary>
public sealed class PluginPatch
{
    private static readonly (string Stored, string[] Names)[] Members =
        [("name", ["name"]), ("description", ["description"]), ("code", ["code"]), ("entrypoint", ["entrypoint", "entryPoint"]), ("config", ["config"]), ("enabled", ["enabled"])];

    private readonly JsonElement _body;

    private PluginPatch(JsonElement body) => _body = body;

    /// <summary>A patch from the body of a request. Never throws on content: what is wrong with it is found when it is applied.</summary>
    /// <param name="body">Any JSON. Copied: the document may be disposed afterwards.</param>
    public static PluginPatch FromJson(JsonElement body) => new(body.Clone());

    /// <summary>A patch that enables or disables.</summary>
    public static PluginPatch Enable(bool enabled) => new(JsonElement.Parse(enabled ? """{"enabled":true}"""u8 : """{"enabled":false}"""u8));

    /// <summary>Whether it does nothing but disable, which must be possible whatever has become of the code.</summary>
    internal bool OnlyDisables => _body.ValueKind == JsonValueKind.Object && _body.GetPropertyCount() == 1
        && _body.EnumerateObject().First() is { Value.ValueKind: JsonValueKind.False } only && only.NameEquals("enabled"u8);

    /// <summary>The draft that results: read by the one reader of drafts, so that a patch can say nothing that creating could not.</summary>
    internal PluginDraft ApplyTo(PluginDraft stored)
    {
        if (_body.ValueKind != JsonValueKind.Object) return PluginDraft.FromJson(_body);
        try
        {
            return PluginDraft.FromJson(JsonElement.Parse(Merge(stored)));
        }
        catch (InvalidOperationException)
        {
            // A member whose name is no Unicode text: the reader of drafts says so.
            return PluginDraft.FromJson(_body);
        }
    }

    private ReadOnlySpan<byte> Merge(PluginDraft stored)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (member, names) in Members)
            {
                if (!Array.Exists(names, name => _body.TryGetProperty(name, out _))) Write(writer, member, stored);
            }

            foreach (var property in _body.EnumerateObject())
            {
                writer.WritePropertyName(property.Name);
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(property.Value), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, string member, PluginDraft stored)
    {
        switch (member)
        {
            case "name": writer.WriteString(member, stored.Name); break;
            case "description": writer.WriteString(member, stored.Description); break;
            case "code": writer.WriteString(member, stored.Code); break;
            case "entrypoint": writer.WriteString(member, stored.EntryPoint); break;
            case "enabled": writer.WriteBoolean(member, stored.Enabled); break;
            case "config" when stored.Config is { } config:
                writer.WritePropertyName(member);
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(config), skipInputValidation: true);
                break;
        }
    }
}
