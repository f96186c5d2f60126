using System.Globalization;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Durations and sizes as people write them.</summary>
internal static partial class Quantities
{
    /// <summary><c>500ms</c>, <c>5s</c>, <c>1m30s</c>, <c>2h</c>; null when it is none.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (!DurationForm().IsMatch(text)) return null;
        double seconds = 0;
        foreach (Match part in DurationPart().Matches(text))
        {
            double number = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            seconds += number * part.Groups[2].ValueSpan switch { "ms" => 0.001, "s" => 1, "m" => 60, _ => 3600 };
        }

        return seconds < 1e7 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary><c>64MiB</c>, <c>512MB</c>, <c>1GiB</c>; null when it is none.</summary>
    public static long? Bytes(string text)
    {
        var match = SizeForm().Match(text);
        if (!match.Success) return null;
        long unit = match.Groups[2].ValueSpan switch
        {
            "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30,
            "KB" => 1_000, "MB" => 1_000_000, _ => 1_000_000_000,
        };
        return long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
    }

    [GeneratedRegex(@"\A([0-9]{1,7}(\.[0-9]{1,3})?(ms|s|m|h)){1,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPart();

    [GeneratedRegex(@"\A([1-9][0-9]{0,6})(KiB|MiB|GiB|KB|MB|GB)\z", RegexOptions.CultureInvariant)]
    private static partial Regex SizeForm();
}
