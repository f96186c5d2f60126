using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock;

/// <summary>GoatKit's host functions in terms of the host's own: names, members, and byte fields, which are base64 there.</summary>
public sealed class GoatKitFunction
{
    private static readonly FrozenDictionary<string, GoatKitFunction> All = new GoatKitFunction[]
    {
        new("db_query", "db.query", ["query", "args", "database"]) { Extra = GoatKitJson.NameDatabase },
        new("db_exec", "db.exec", ["query", "args", "database"]) { Extra = GoatKitJson.NameDatabase },
        new("cache_get", "cache.get", ["key"]),
        new("cache_set", "cache.set", ["key", "value", "ttl"]),
        new("cache_delete", "cache.delete", ["key"]),
        new("http_request", "http.request", ["method", "url", "headers", "body"]) { Extra = static (w, _) => w.WriteString("encoding"u8, "base64"u8) },
        new("send_email", "email.send", ["to", "subject", "body", "html"]),
        new("config_get", "config.get", ["key"]),
        new("translate", "translate", ["key", "args", "language"]),
        new("plugin_call", "plugin.call", ["plugin", "function", "args"]),
        new("kv_get", "kv.get", ["key"]) { Reply = GoatKitJson.ValueFound },
        new("kv_set", "kv.set", ["key", "value"]) { Reply = GoatKitJson.Ok },
        new("kv_delete", "kv.delete", ["key"]) { Reply = GoatKitJson.Ok },
        new("kv_list", "kv.list", ["prefix", "limit"]) { Reply = static value => GoatKitJson.Wrap("keys", value) },
    }.ToFrozenDictionary(f => f._name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, GoatKitFunction>.AlternateLookup<ReadOnlySpan<char>> ByText = All.GetAlternateLookup<ReadOnlySpan<char>>();

    // What is written is JSON for the host, never part of a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _name;
    private readonly HashSet<string>? _members;

    private GoatKitFunction(string name, string canonical, string[]? members)
    {
        _name = name;
        Canonical = canonical;
        _members = members is null ? null : [.. members];
    }

    /// <summary>The host's own name of it.</summary>
    public string Canonical { get; }

    /// <summary>The reply in GoatKit's form.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Reply { get; private init; } = static value => value;

    /// <summary>Writes members that follow from others; what it has written itself is not copied.</summary>
    private Action<Utf8JsonWriter, JsonElement>? Extra { get; init; }

    /// <summary>A function by GoatKit's name, or, where the name has a dot, the host's own function of that name.</summary>
    public static GoatKitFunction? Find(string name) =>
        All.TryGetValue(name, out var known) ? known : name.Contains('.', StringComparison.Ordinal) ? new GoatKitFunction(name, name, null) : null;

    /// <summary>A name as a guest wrote it.</summary>
    public static string NameOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[64];
        if (utf8.Length <= text.Length && Encoding.UTF8.TryGetChars(utf8, text, out var length) && ByText.TryGetValue(text[..length], out var known)) return known._name;
        return GuestText.Clean(Encoding.UTF8.GetString(utf8));
    }

    /// <summary>The request in the host's form: members that this function does not have, and those that are null, are left out.</summary>
    /// <exception cref="JsonException">No JSON object.</exception>
    public byte[] Request(ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty) return "{}"u8.ToArray();
        if (_members is null || (Extra is null && GoatKitJson.HasOnly(arguments, _members))) return arguments.ToArray();
        var reader = new Utf8JsonReader(arguments);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException();
        var buffer = new ArrayBufferWriter<byte>(arguments.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null || !_members.Contains(member.Name) || GoatKitJson.IsNamedQuery(member)) continue;
                member.WriteTo(writer);
            }

            Extra?.Invoke(writer, document.RootElement);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>{level, message, fields}: null when it is something else.</summary>
    public static (LogSeverity Severity, string Message)? ReadLog(ReadOnlySpan<byte> arguments)
    {
        try
        {
            var reader = new Utf8JsonReader(arguments);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.String) return null;
            var fields = root.TryGetProperty("fields", out var given) && given.ValueKind == JsonValueKind.Object ? " " + given.GetRawText() : "";
            var level = root.TryGetProperty("level", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : "";
            return (SeverityOf(level), message.GetString() + fields);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LogSeverity SeverityOf(string? level) => level switch
    {
        "debug" => LogSeverity.Debug,
        "warn" or "warning" => LogSeverity.Warn,
        "error" => LogSeverity.Error,
        _ => LogSeverity.Info,
    };
}
