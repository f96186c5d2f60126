using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Paddock.Sandbox.Wasm.Calls;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>What a guest threw, in the host's terms: the guest's own frames, lines and columns, and nothing else.</summary>
internal static partial class GuestError
{
    /// <summary>File name of the guest's half of the bridge. Its frames are left out of stacks.</summary>
    internal const string BridgeFile = "paddock:bridge";

    /// <summary>Name of the errors that the bridge rejects host calls with.</summary>
    private const string HostErrorName = "HostError";

    /// <summary>Stands before a CommonJS source, on its first line.</summary>
    internal const string WrapperStart = "(function (exports, module) {";

    internal static CallError Parse(ReadOnlySpan<byte> json, string code, string entry, IReadOnlySet<string>? hostCodes = null)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var name = Text(document, "name");
        var stack = CleanStack(Text(document, "stack"), entry);
        var position = Position().Match(stack.Split('\n').FirstOrDefault(l => l.Contains(entry + ":", StringComparison.Ordinal)) ?? "");
        var thrown = Text(document, "code");
        return new CallError(name == HostErrorName && hostCodes?.Contains(thrown) == true ? thrown : code, Text(document, "message"))
        {
            Name = name.Length > 0 ? name : null,
            Stack = stack.Length > 0 ? stack : null,
            Line = position.Success ? Number(position.Groups[1].Value) : null,
            Column = position.Success ? Number(position.Groups[2].Value) : null,
        };
    }

    internal static bool IsSyntaxError(CallError error) => error.Name == "SyntaxError";

    private static string Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? GuestText.Clean(value.GetString()!) : "";

    private static string CleanStack(string stack, string entry)
    {
        var lines = stack.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && !IsBridge(l)).Select(l => Unwrap(l, entry));
        return string.Join('\n', lines);
    }

    /// <summary>A log message without the bridge's frames, which a logged error's stack ends with.</summary>
    internal static string WithoutBridge(string message) => message.Contains(BridgeFile, StringComparison.Ordinal)
        ? string.Join('\n', message.Split('\n').Where(l => !IsBridge(l)))
        : message;

    private static bool IsBridge(string line) =>
        line.Contains(BridgeFile, StringComparison.Ordinal) || line.EndsWith("(native)", StringComparison.Ordinal);

    /// <summary>Takes the wrapper off the columns of the first line.</summary>
    private static string Unwrap(string line, string entry)
    {
        var at = line.LastIndexOf(entry + ":1:", StringComparison.Ordinal);
        if (at < 0) return line;
        var start = at + entry.Length + 3;
        var end = start;
        while (end < line.Length && char.IsAsciiDigit(line[end])) end++;
        if (!int.TryParse(line.AsSpan(start, end - start), CultureInfo.InvariantCulture, out var column) || column <= WrapperStart.Length) return line;
        return string.Concat(line.AsSpan(0, start), (column - WrapperStart.Length).ToString(CultureInfo.InvariantCulture), line.AsSpan(end));
    }

    private static int? Number(string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out var value) ? value : null;

    // NonBacktracking: the text is the guest's, and so is the hope that matching it takes long.
    [GeneratedRegex(@":([0-9]{1,9}):([0-9]{1,9})\)?\s*$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Position();
}
