namespace Paddock.Policy;

/// <summary>Patterns of capabilities: exact or with a trailing <c>*</c>, trimmed, without regard to case.</summary>
internal static class Capability
{
    public static bool IsValid(string pattern)
    {
        var text = pattern.AsSpan().Trim();
        return text.Length is > 0 and <= 255 && text.IndexOf('*') is var star && (star < 0 || star == text.Length - 1);
    }

    /// <summary>Whether all that <paramref name="inner"/> stands for is covered by <paramref name="outer"/>.</summary>
    public static bool Within(string inner, string outer)
    {
        if (!IsValid(inner) || !IsValid(outer)) return false;
        var i = inner.AsSpan().Trim();
        var o = outer.AsSpan().Trim();
        return o[^1] == '*' ? i.StartsWith(o[..^1], StringComparison.OrdinalIgnoreCase) : i.Equals(o, StringComparison.OrdinalIgnoreCase);
    }

    public static bool Covered(string inner, IEnumerable<string> outer) => outer.Any(o => Within(inner, o));

    public static IReadOnlyList<string> Intersect(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        var both = new List<string>();
        foreach (var a in first)
        {
            foreach (var b in second)
            {
                var narrower = Within(a, b) ? a.Trim() : Within(b, a) ? b.Trim() : null;
                if (narrower is not null && !both.Contains(narrower, StringComparer.OrdinalIgnoreCase)) both.Add(narrower);
            }
        }

        return both;
    }
}
