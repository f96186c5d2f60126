using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Paddock.AspNetCore;

/// <summary>The path of a plugin's route, read in either notation (<c>/tickets/{id}</c>, <c>/tickets/:id</c>, a last <c>{*rest}</c> or <c>*rest</c>).</summary>
// SECURITY: ASP.NET Core's own templates have constraints, regular expressions and defaults among them. A plugin gets
// none of these: an expression that takes minutes would run in the host, on a path that any stranger chooses.
internal static class RouteTemplate
{
    private const int LongestPath = 512;
    private const int MostSegments = 32;

    public static bool TryParse(string path, [NotNullWhen(true)] out RoutePattern? pattern)
    {
        pattern = null;
        if (path.Length is 0 or > LongestPath || path[0] != '/') return false;
        string[] texts = path.Length == 1 ? [] : path[1..].TrimEnd('/').Split('/');
        if (texts.Length > MostSegments) return false;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var segments = new RoutePatternPathSegment[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (Part(texts[i], isLast: i == texts.Length - 1) is not { } part) return false;
            if (part is RoutePatternParameterPart parameter && !names.Add(parameter.Name)) return false;
            segments[i] = RoutePatternFactory.Segment(part);
        }

        pattern = RoutePatternFactory.Pattern(path, segments);
        return true;
    }

    private static RoutePatternPart? Part(string text, bool isLast)
    {
        var (name, isCatchAll) = text switch
        {
            ['{', '*', '*', .. var n, '}'] => (n, true),
            ['{', '*', .. var n, '}'] => (n, true),
            ['{', .. var n, '}'] => (n, false),
            [':', .. var n] => (n, false),
            ['*', .. var n] => (n, true),
            _ => ("", false),
        };
        if (name.Length > 0) return IsName(name) && (isLast || !isCatchAll) ? Parameter(name, isCatchAll) : null;
        return text is not ("" or "." or "..") && text.All(IsLiteral) ? RoutePatternFactory.LiteralPart(text) : null;
    }

    private static RoutePatternParameterPart Parameter(string name, bool isCatchAll) => isCatchAll
        ? RoutePatternFactory.ParameterPart(name, @default: null, RoutePatternParameterKind.CatchAll)
        : RoutePatternFactory.ParameterPart(name);

    // A name that begins with an underscore would be one of the arguments that only the host writes.
    private static bool IsName(string name) =>
        name.Length <= 64 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_');

    private static bool IsLiteral(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '@';
}
