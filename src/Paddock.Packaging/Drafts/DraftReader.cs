using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>Reads a draft from JSON of any shape.</summary>
internal sealed class DraftReader
{
    // A body of a million unknown members does not make an answer of a million findings.
    private const int MostFindings = 50;

    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private PluginDraft _draft = new();

    public static PluginDraft Read(JsonElement body)
    {
        var reader = new DraftReader();
        if (body.ValueKind != JsonValueKind.Object)
            reader.Report(FindingCodes.BodyInvalid, "The body is no JSON object.", null, "Send an object with name and code.");
        else
            foreach (var member in body.EnumerateObject()) reader.Read(member);
        return reader._draft with { FormFindings = reader._findings };
    }

    private void Read(JsonProperty member)
    {
        string? name = JsonText.Name(member);
        if (name == "entryPoint") name = "entrypoint";
        if (name is not null && !_seen.Add(name))
        {
            // SECURITY: two readers of one document see different values. The first of several is not taken to be the one meant.
            Report(FindingCodes.BodyInvalid, $"{Printable.Text(name)} stands in the body twice.", name, "Send each member once.");
            return;
        }

        var value = member.Value;
        switch (name)
        {
            case "name": _draft = _draft with { Name = JsonText.Value(value) }; break;
            case "code": _draft = _draft with { Code = JsonText.Value(value) }; break;
            case "description": ReadDescription(value); break;
            case "entrypoint": ReadEntryPoint(value); break;
            case "enabled": ReadEnabled(value); break;
            case "config": ReadConfig(value); break;
            default:
                Report(FindingCodes.FieldUnknown, $"{Printable.Text(name ?? "A member whose name is no text")} is not known.", null,
                    "Known are name, description, code, entrypoint, config and enabled.");
                break;
        }
    }

    private void ReadDescription(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        _draft = _draft with { Description = JsonText.Value(value) };
        if (_draft.Description is null) Report(FindingCodes.DescriptionInvalid, "The description is no text.", "description");
    }

    private void ReadEntryPoint(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        _draft = _draft with { EntryPoint = JsonText.Value(value) };
        if (_draft.EntryPoint is null) Report(FindingCodes.EntryPointInvalid, "The entry point is no text.", "entrypoint");
    }

    private void ReadEnabled(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            _draft = _draft with { Enabled = value.GetBoolean() };
        else
            Report(FindingCodes.EnabledInvalid, "enabled is neither true nor false.", "enabled", "Leave it out for true.");
    }

    private void ReadConfig(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Null) _draft = _draft with { Config = value.Clone() };
    }

    private void Report(string code, string message, string? path, string? mend = null)
    {
        if (_findings.Count < MostFindings) _findings.Add(new Finding(code, message) { Path = path, Mend = mend });
    }
}
