using System.Globalization;

namespace Paddock.Packaging;

/// <summary>A version that can be compared as SemVer 2.0 §11 says. Build metadata does not count.</summary>
internal sealed class SemanticVersion : IComparable<SemanticVersion>
{
    private readonly int[] _numbers;
    private readonly string[] _pre;

    private SemanticVersion(int[] numbers, string[] pre)
    {
        _numbers = numbers;
        _pre = pre;
    }

    public static SemanticVersion? Parse(string text)
    {
        if (!Forms.SemVer().IsMatch(text)) return null;
        string plain = text.Split('+')[0];
        int dash = plain.IndexOf('-', StringComparison.Ordinal);
        string core = dash < 0 ? plain : plain[..dash];
        return new SemanticVersion(
            [.. core.Split('.').Select(n => int.Parse(n, CultureInfo.InvariantCulture))],
            dash < 0 ? [] : plain[(dash + 1)..].Split('.'));
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null) return 1;
        for (int i = 0; i < 3; i++)
            if (_numbers[i] != other._numbers[i]) return _numbers[i].CompareTo(other._numbers[i]);
        if (_pre.Length == 0 || other._pre.Length == 0) return other._pre.Length.CompareTo(_pre.Length) is var c && c == 0 ? 0 : _pre.Length == 0 ? 1 : -1;
        for (int i = 0; i < Math.Min(_pre.Length, other._pre.Length); i++)
            if (Compare(_pre[i], other._pre[i]) is var result && result != 0) return result;
        return _pre.Length.CompareTo(other._pre.Length);
    }

    private static int Compare(string a, string b)
    {
        bool first = IsNumber(a), second = IsNumber(b);
        if (first != second) return first ? -1 : 1; // A number is lower than a word.
        if (!first) return string.CompareOrdinal(a, b);
        // As text, so that no number is too large.
        (a, b) = (a.TrimStart('0'), b.TrimStart('0'));
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
    }

    private static bool IsNumber(string part) => part.Length > 0 && part.All(char.IsAsciiDigit);
}
