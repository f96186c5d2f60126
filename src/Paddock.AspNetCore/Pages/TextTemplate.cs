using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>
/// Templates without code: <c>{{path.to.value}}</c>, <c>{{#each path}}…{{/each}}</c>, <c>{{#if path}}…{{else}}…{{/if}}</c>, <c>{{t "key"}}</c>,
/// <c>{{this}}</c>, <c>{{@index}}</c> and <c>{{! comments }}</c>. Every value is written as text.
/// </summary>
// SECURITY: engines made for an application's own templates reach into its objects. This one knows JSON, has no
// functions, and stops at a length and a number of steps.
internal sealed class TextTemplate(Func<string, string?> translate)
{
    private const int MostCharacters = 1 << 20;
    private const int MostSteps = 200_000;
    private const int MostDepth = 16;

    private readonly StringBuilder _out = new();
    private int _steps;

    /// <summary>The rendered text; null where the template is malformed, or goes too far.</summary>
    public string? Render(string template, ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data);
        int at = 0;
        return Block(template, ref at, new Scope(document.RootElement, null, 0), true, 0) is null && at == template.Length ? _out.ToString() : null;
    }

    /// <summary>Writes up to the tag that ends the block, and answers that tag; null at the end, <c>"!"</c> where it cannot go on.</summary>
    private string? Block(string text, ref int at, Scope scope, bool shown, int depth)
    {
        while (at < text.Length)
        {
            if (++_steps > MostSteps || _out.Length > MostCharacters || depth > MostDepth) return "!";
            int open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (shown) _out.Append(text, at, (open < 0 ? text.Length : open) - at);
            if (open < 0)
            {
                at = text.Length;
                return null;
            }

            int close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) return "!";
            string tag = text[(open + 2)..close].Trim();
            at = close + 2;
            if (tag is "else" or ['/', ..]) return tag;
            if (!Tag(tag, text, ref at, scope, shown, depth)) return "!";
        }

        return null;
    }

    private bool Tag(string tag, string text, ref int at, Scope scope, bool shown, int depth)
    {
        if (tag is ['!', ..]) return true;
        if (tag.StartsWith("#if ", StringComparison.Ordinal)) return If(tag[4..].Trim(), text, ref at, scope, shown, depth);
        if (tag.StartsWith("#each ", StringComparison.Ordinal)) return Each(tag[6..].Trim(), text, ref at, scope, shown, depth);
        if (tag is ['#', ..]) return false;
        if (!shown) return true;
        if (tag.StartsWith("t ", StringComparison.Ordinal) && tag[2..].Trim().Trim('"', '\'') is var key) Write(translate(key) ?? key);
        else if (tag == "@index") Write(scope.Index.ToString(CultureInfo.InvariantCulture));
        else if (scope.Find(tag) is { } value) Write(value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        });
        return true;
    }

    private bool If(string path, string text, ref int at, Scope scope, bool shown, int depth)
    {
        bool holds = IsSomething(scope.Find(path));
        string? end = Block(text, ref at, scope, shown && holds, depth + 1);
        if (end == "else") end = Block(text, ref at, scope, shown && !holds, depth + 1);
        return end == "/if";
    }

    private bool Each(string path, string text, ref int at, Scope scope, bool shown, int depth)
    {
        int begin = at;
        var list = scope.Find(path);
        if (!shown || list is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0) return Block(text, ref at, scope, false, depth + 1) == "/each";
        int index = 0;
        foreach (var item in array.EnumerateArray())
        {
            at = begin;
            if (Block(text, ref at, new Scope(item, scope, index++), true, depth + 1) != "/each") return false;
        }

        return true;
    }

    private void Write(string value) => _out.Append(WebUtility.HtmlEncode(value));

    private static bool IsSomething(JsonElement? value) => value switch
    {
        null => false,
        { ValueKind: JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined } => false,
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Length > 0,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText() != "0",
        _ => true,
    };

    /// <summary>A value, and those around it.</summary>
    private sealed record Scope(JsonElement Value, Scope? Outer, int Index)
    {
        public JsonElement? Find(string path)
        {
            if (path is "this" or ".") return Value;
            if (path.StartsWith("this.", StringComparison.Ordinal)) path = path[5..];
            string[] names = path.Split('.');
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (Member(scope.Value, names[0]) is { } found) return names.Skip(1).Aggregate((JsonElement?)found, (v, n) => v is { } value ? Member(value, n) : null);
            return null;
        }

        private static JsonElement? Member(JsonElement value, string name) =>
            value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;
    }
}
