using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Translations;

internal sealed class TranslateFunctionGroup(ITranslator translator) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) => [new Translate(translator)];
}

/// <summary>translate {key, args?, language?}: {value}. A key without a text is its own value. Needs no permission: texts are shown to everybody.</summary>
internal sealed class Translate(ITranslator translator) : HostFunction("translate", null, Access.None, "key", "args", "language")
{
    private const int LongestKey = 255;
    private const int LongestLanguage = 35;
    private const int LongestText = 65_536;

    internal override string? Target(JsonElement arguments) => null;

    internal override bool Covers(Permission granted, JsonElement arguments) => false;

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var key = Arguments.Text(call.Arguments, "key");
        if (key.Length is 0 or > LongestKey) throw Arguments.Invalid($"key is empty or longer than {LongestKey} characters.");
        var language = Arguments.OptionalText(call.Arguments, "language") ?? call.Scope.Language;
        if (language is not null && !IsLanguage(language)) throw Arguments.Invalid("language is no language tag.");
        var text = translator.Find(call.Scope, key, language) ?? key;
        if (call.Arguments.TryGetProperty("args", out var args) && args.ValueKind != JsonValueKind.Null) text = Fill(text, args);
        return ValueTask.FromResult(Json(new { value = text }));
    }

    private static bool IsLanguage(string language) =>
        language.Length is >= 2 and <= LongestLanguage && language.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    // SECURITY: not string.Format. The text can be a plugin's own, and a width in it ({0,2000000000}) would take the host's memory.
    /// <summary>Puts arguments in: <c>{0}</c> and, in order, <c>%s</c> or <c>%d</c> of a list; <c>{name}</c> of an object. What names no argument stays.</summary>
    private static string Fill(string text, JsonElement args)
    {
        if (args.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) throw Arguments.Invalid("args is neither a list nor an object.");
        var filled = new StringBuilder();
        var next = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == '{' ? text.IndexOf('}', i + 1) : -1;
            if (end > 0 && Named(args, text.AsSpan(i + 1, end - i - 1)) is { } named)
            {
                filled.Append(named);
                i = end;
            }
            else if (text[i] == '%' && i + 1 < text.Length && text[i + 1] is 's' or 'd' or 'v' && args.ValueKind == JsonValueKind.Array && next < args.GetArrayLength())
            {
                filled.Append(Plain(args[next++]));
                i++;
            }
            else
            {
                filled.Append(text[i]);
            }

            if (filled.Length > LongestText) throw new HostCallException(ErrorCodes.ResponseLimit, $"The text is longer than {LongestText} characters.");
        }

        return filled.ToString();
    }

    private static string? Named(JsonElement args, ReadOnlySpan<char> name)
    {
        if (args.ValueKind == JsonValueKind.Object) return args.TryGetProperty(name, out var value) ? Plain(value) : null;
        return int.TryParse(name, System.Globalization.NumberStyles.None, null, out var index) && index < args.GetArrayLength() ? Plain(args[index]) : null;
    }

    private static string Plain(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            throw Arguments.Invalid("args holds half of a surrogate pair.");
        }
    }
}
