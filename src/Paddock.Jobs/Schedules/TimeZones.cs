using System.Text.RegularExpressions;

namespace Paddock.Jobs.Schedules;

/// <summary>Time zones by the names of the IANA database.</summary>
internal static partial class TimeZones
{
    /// <summary>The zone, or null where there is none of that name on this machine.</summary>
    // SECURITY: a zone is a file by its name on most systems. A plugin that names /dev/zero or ../../etc/shadow would have the host
    // read that. Only names of the form that IANA gives are looked up, and none that means the machine's own setting.
    public static TimeZoneInfo? Find(string name)
    {
        if (name.Length > 64 || !NameForm().IsMatch(name) || name is "localtime" or "posixrules") return null;
        if (name.StartsWith("posix/", StringComparison.Ordinal) || name.StartsWith("right/", StringComparison.Ordinal)) return null;
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
