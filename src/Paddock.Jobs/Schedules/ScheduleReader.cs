using Quartz;

namespace Paddock.Jobs.Schedules;

/// <summary>Reads schedules and time zones as plugins write them.</summary>
internal static class ScheduleReader
{
    private const int LongestText = 256;
    private const string Every = "@every ";
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    /// <summary>The schedule; null, and what is wrong, where the text is none.</summary>
    public static Schedule? Read(string text, TimeZoneInfo zone, out string fault)
    {
        fault = $"It has more than {LongestText} characters.";
        if (text.Length > LongestText) return null;
        text = text.Trim(' ', '\t');
        if (text.StartsWith(Every, StringComparison.Ordinal)) return Interval(text[Every.Length..].Trim(' ', '\t'), out fault);
        string? fields = text.StartsWith('@') ? Descriptor(text) : text;
        fault = $"\"{text}\" is no descriptor.";
        if (fields is null || CronText.Translate(fields, out fault) is not { } expression) return null;
        fault = "The scheduler cannot read it.";
        return CronExpression.TryParse(expression, CronFormat.Quartz, out var parsed) ? new CronSchedule(parsed.WithTimeZone(zone)) : null;
    }

    private static IntervalSchedule? Interval(string text, out string fault)
    {
        fault = $"\"{text}\" is no duration from 1 second to {LongestInterval.Days} days (1h30m).";
        return GoDuration.Read(text, LongestInterval) is { TotalSeconds: >= 1 } interval ? new IntervalSchedule(interval) : null;
    }

    private static string? Descriptor(string text) => text switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => null,
    };
}
