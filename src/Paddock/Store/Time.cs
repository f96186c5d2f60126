namespace Paddock.Store;

/// <summary>Times as they are stored: milliseconds since 1970 UTC.</summary>
internal static class Time
{
    public static long Stored(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Read(long stored) => DateTimeOffset.FromUnixTimeMilliseconds(stored);

    public static DateTimeOffset? Read(long? stored) => stored is { } value ? Read(value) : null;
}
