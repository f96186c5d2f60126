using System.Text.Json;
using System.Text.Json.Serialization;

namespace Paddock.Wasm.Conformance;

/// <summary>A command file of the suite.</summary>
internal sealed record SuiteScript(IReadOnlyList<SuiteCommand> Commands)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static SuiteScript Parse(byte[] json) =>
        JsonSerializer.Deserialize<SuiteScript>(json, s_options) ?? throw new InvalidDataException("A command file is null.");
}

internal sealed record SuiteCommand(string Type, int Line, string? Name, string? Filename, string? As, string? Text, string? ModuleType, SuiteAction? Action, IReadOnlyList<SuiteValue>? Expected);

internal sealed record SuiteAction(string Type, string? Module, string Field, IReadOnlyList<SuiteValue>? Args);

/// <summary>A value: numbers as the decimal of their bits, floats also as a class of NaN, references as a number or null.</summary>
internal sealed record SuiteValue(string Type, [property: JsonPropertyName("value")] string? Text);
