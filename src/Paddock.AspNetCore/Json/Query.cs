using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>Reads query parameters; one that is malformed or given twice ends the request.</summary>
internal static class Query
{
    public static string? Text(HttpContext context, string name, int longest = 200)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0) return null;
        if (values.Count == 1 && values[0] is { } text && text.Length <= longest && !text.Any(char.IsControl)) return text;
        throw ApiErrors.QueryInvalid(name, $"{name} is given more than once, or is no text of at most {longest} characters.").AsException();
    }

    public static bool? Flag(HttpContext context, string name) => Text(context, name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw ApiErrors.QueryInvalid(name, $"{name} is neither true nor false.").AsException(),
    };

    public static int Number(HttpContext context, string name, int otherwise, int least, int most)
    {
        if (Text(context, name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most) return number;
        throw ApiErrors.QueryInvalid(name, $"{name} is no whole number from {least} to {most}.").AsException();
    }

    public static string? OneOf(HttpContext context, string name, params ReadOnlySpan<string> choices)
    {
        if (Text(context, name) is not { } text) return null;
        foreach (string choice in choices)
            if (text == choice) return text;
        throw ApiErrors.QueryInvalid(name, $"{name} is none of {string.Join(", ", choices!)}.").AsException();
    }
}
