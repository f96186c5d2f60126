using System.Globalization;

namespace Paddock.Jobs.Schedules;

/// <summary>Five fields of Unix cron as the scheduler's six.</summary>
internal static class CronText
{
    /// <summary>The scheduler's expression of the same meaning; null, and what is wrong, where the text is none.</summary>
    public static string? Translate(string text, out string fault)
    {
        string[] words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        CronField[] fields = [CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];
        fault = $"It has {words.Length} fields instead of five (minute, hour, day of month, month, day of week).";
        if (words.Length != fields.Length) return null;
        var parts = new IReadOnlyList<CronPart>[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Read(words[i], out string part) is not { } read)
            {
                fault = $"\"{part}\" is no value of the {fields[i].Name}.";
                return null;
            }

            parts[i] = read;
        }

        var (dayOfMonth, dayOfWeek) = Days(parts[2], parts[4]);
        return $"0 {Times(parts[0])} {Times(parts[1])} {dayOfMonth} {Values(parts[3], v => v)} {dayOfWeek}";
    }

    // Unix: where both day fields restrict, a day that satisfies either is due; where one does, that one decides. The scheduler
    // reads the two the same way if a field that restricts nothing is exactly "?" or "*", and all others are spelled out.
    private static (string OfMonth, string OfWeek) Days(IReadOnlyList<CronPart> ofMonth, IReadOnlyList<CronPart> ofWeek)
    {
        string month = Restricts(ofMonth) ? Values(ofMonth, v => v) : Restricts(ofWeek) ? "?" : "*";
        // Sunday is 0 or 7 in Unix, and 1 here.
        string week = Restricts(ofWeek) ? Values(ofWeek, v => (v % 7) + 1) : "?";
        return (month, week);
    }

    private static bool Restricts(IReadOnlyList<CronPart> parts) => !parts.Any(p => p.IsEvery);

    private static string Values(IReadOnlyList<CronPart> parts, Func<int, int> value) => parts.Any(p => p.IsEvery)
        ? "*"
        : string.Join(',', parts.SelectMany(p => p.Values).Select(value).Distinct().Order().Select(v => v.ToString(CultureInfo.InvariantCulture)));

    // Ranges and steps of a time stay what they are: the scheduler treats them otherwise than single times where clocks are put back.
    private static string Times(IReadOnlyList<CronPart> parts) => parts.Any(p => p.IsEvery)
        ? "*"
        : string.Join(',', parts.Select(p => p.IsInterval
            ? string.Create(CultureInfo.InvariantCulture, $"{p.First}-{p.Last}/{p.Step}")
            : p.First.ToString(CultureInfo.InvariantCulture)));
}
