using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Paddock.Policy;

/// <summary>Reads one JSON object, member by member; what was not asked for by the end is unknown. Every fault is a finding, none an exception.</summary>
internal sealed class JsonNodeReader(JsonElement element, string path, List<Finding> findings)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>One JSON object; null, and a finding, for anything else.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json, int longest, List<Finding> findings)
    {
        JsonDocument? document = null;
        try
        {
            if (json.Length <= longest && Utf8.IsValid(json.Span))
            {
                document = JsonDocument.Parse(json, Options);
                if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair in a member's name.
        }

        document?.Dispose();
        findings.Add(new Finding(PolicyCodes.PolicyInvalid, $"It is no JSON object in UTF-8 of at most {longest} bytes without repeated members."));
        return null;
    }

    public bool Has(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out _);
    }

    public JsonValueKind Kind(string name) => Get(name)?.ValueKind ?? JsonValueKind.Undefined;

    /// <summary>Every member as an object, where the names are not known beforehand.</summary>
    public IEnumerable<(string Name, JsonNodeReader Value)> Members()
    {
        foreach (var member in element.EnumerateObject())
        {
            _known.Add(member.Name);
            if (Object(member.Name) is { } value) yield return (member.Name, value);
        }
    }

    public string? Text(string name)
    {
        if (Get(name) is { } value && TextOf(value) is { } text) return text;
        Fail(PolicyCodes.PolicyInvalid, name, "It is missing, or no text.", null);
        return null;
    }

    public T? Word<T>(string name, T[] words, Func<T, string> nameOf)
        where T : struct
    {
        var text = Text(name);
        foreach (var word in words)
        {
            if (text == nameOf(word)) return word;
        }

        if (text is not null) Fail(PolicyCodes.PolicyInvalid, name, "It is none of the words that it can be.", string.Join(", ", words.Select(nameOf)));
        return null;
    }

    public bool Flag(string name)
    {
        if (Get(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fail(PolicyCodes.PolicyInvalid, name, "It is neither true nor false.", null);
        return false;
    }

    public long Number(string name, long least, long most, long fallback)
    {
        if (Get(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        Fail(PolicyCodes.PolicyInvalid, name, $"It is no whole number from {least} to {most}.", null);
        return fallback;
    }

    /// <summary>A number of times, 0 for never, or <c>"unlimited"</c>.</summary>
    public int Rate(string name, int fallback) => Get(name) is { ValueKind: JsonValueKind.String } value && value.ValueEquals("unlimited")
        ? PluginPolicy.Unlimited
        : (int)Number(name, 0, PluginPolicy.Unlimited - 1, fallback);

    public DateTimeOffset? Time(string name)
    {
        // The offset has to be written: a time that means another instant on another machine would end an observation late.
        if (Text(name) is not { } text) return null;
        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && (text.EndsWith('Z') || text[^6] is '+' or '-')) return time;
        Fail(PolicyCodes.PolicyInvalid, name, "It is no time with an offset.", "2026-01-31T12:00:00Z");
        return null;
    }

    public JsonNodeReader? Object(string name)
    {
        if (Get(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new JsonNodeReader(value, At(name), findings);
        Fail(PolicyCodes.PolicyInvalid, name, "It is no object.", null);
        return null;
    }

    public IEnumerable<JsonNodeReader> Objects(string name)
    {
        if (Get(name) is not { } value) yield break;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(PolicyCodes.PolicyInvalid, name, "It is no list.", null);
            yield break;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = $"{name}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object) yield return new JsonNodeReader(item, At(at), findings);
            else Fail(PolicyCodes.PolicyInvalid, at, "It is no object.", null);
        }
    }

    public List<string> Texts(string name, Func<string, bool> valid, bool nullIsEmpty = false)
    {
        var texts = new List<string>();
        if (Get(name) is not { } value || (value.ValueKind == JsonValueKind.Null && nullIsEmpty)) return texts;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(PolicyCodes.PolicyInvalid, name, "It is no list.", null);
            return texts;
        }

        foreach (var item in value.EnumerateArray())
        {
            if (TextOf(item) is { } text && valid(text)) texts.Add(text);
            else Fail(PolicyCodes.ScopeInvalid, name, "One of its entries has not the form of its kind, and would cover nothing.", null);
        }

        return texts;
    }

    public IReadOnlyList<string> TextOrTexts(string name) => Get(name) is { ValueKind: JsonValueKind.String } value && TextOf(value) is { } text ? [text] : Texts(name, _ => true);

    public T? Bad<T>(string name, string message, string mend)
        where T : struct
    {
        Fail(PolicyCodes.PolicyInvalid, name, message, mend);
        return null;
    }

    public void Fail(string code, string name, string message, string? mend) => findings.Add(new Finding(code, message) { Path = At(name), Mend = mend });

    public void Warn(string code, string name, string message, string mend) =>
        findings.Add(new Finding(code, message) { Path = At(name), Mend = mend, Severity = FindingSeverity.Warning });

    /// <summary>Reports every member that was not asked for.</summary>
    public void End()
    {
        foreach (var member in element.EnumerateObject().Where(m => !_known.Contains(m.Name)))
            Fail(PolicyCodes.PolicyUnknownMember, member.Name, "There is no such member.", string.Join(", ", _known));
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    private JsonElement? Get(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) ? value : null;
    }

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
