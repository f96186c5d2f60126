using System.Globalization;
using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>Takes the members of a request's object one by one and collects everything that is wrong with them; <see cref="Finish"/> then refuses what is left over.</summary>
internal sealed class BodyReader
{
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    public BodyReader(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ApiErrors.JsonInvalid("The body is not a JSON object.").AsException();
        foreach (var member in body.EnumerateObject()) _members[member.Name] = member.Value;
    }

    /// <summary>Any JSON, or null where the member is not there.</summary>
    public JsonElement? Any(string name) => _members.Remove(name, out var value) ? value : null;

    public string? Text(string name, bool required = false, int longest = 512)
    {
        if (!Take(name, required, out var value)) return null;
        if (TextOf(value) is { } text && text.Length <= longest && !text.Any(char.IsControl)) return text;
        Report(name, $"{name} is no text of at most {longest} characters without control characters.");
        return null;
    }

    public IReadOnlyList<string>? TextList(string name, bool required = false, int most = 64)
    {
        if (!Take(name, required, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most)
        {
            string?[] items = [.. value.EnumerateArray().Select(TextOf)];
            if (items.All(i => i is { Length: > 0 and <= 4096 })) return items!;
        }

        Report(name, $"{name} is no list of at most {most} texts.");
        return null;
    }

    /// <summary>A whole number; the use case says which are in range.</summary>
    public int? Integer(string name)
    {
        if (!Take(name, false, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return number;
        Report(name, $"{name} is no whole number, or far out of range.");
        return null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (!Take(name, false, out var value)) return null;
        if (TextOf(value) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return instant;
        Report(name, $"{name} is no instant such as 2030-01-31T12:00:00Z.");
        return null;
    }

    public BodyReader? Object(string name)
    {
        if (!Take(name, false, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object) return new BodyReader(value);
        Report(name, $"{name} is no object.");
        return null;
    }

    public void Report(string name, string message, string? mend = null) =>
        _findings.Add(new Finding("FIELD_INVALID", message) { Path = name, Mend = mend });

    /// <summary>Ends the request if a member was wrong or is not known; <paramref name="parts"/> are nested objects that belong to it.</summary>
    public void Finish(params ReadOnlySpan<BodyReader?> parts)
    {
        Close();
        foreach (var part in parts)
        {
            part?.Close();
            if (part is not null) _findings.AddRange(part._findings);
        }

        if (_findings.Count > 0) throw ApiErrors.BodyInvalid(_findings).AsException();
    }

    private void Close()
    {
        foreach (string name in _members.Keys)
            _findings.Add(new Finding("FIELD_UNKNOWN", "The body has a member that this operation does not know.") { Path = Clean(name), Mend = "Leave it out; the OpenAPI document lists the members." });
    }

    private static string Clean(string name) => new([.. name.Take(80).Select(c => char.IsControl(c) ? '\uFFFD' : c)]);

    private bool Take(string name, bool required, out JsonElement value)
    {
        if (_members.Remove(name, out value) && value.ValueKind != JsonValueKind.Null) return true;
        if (required) _findings.Add(new Finding("FIELD_REQUIRED", $"{name} is missing.") { Path = name });
        return false;
    }

    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // an escape of half a surrogate pair: JSON has it, Unicode does not
        }
    }
}
