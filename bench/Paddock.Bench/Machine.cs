namespace Paddock.Bench;

/// <summary>What the machine did besides.</summary>
internal static class Machine
{
    /// <summary>How many processes wanted a processor in the minute before: a busy machine is the first reason to distrust a figure.</summary>
    internal static string Load()
    {
        const string Source = "/proc/loadavg";
        return File.Exists(Source) ? $", load average {File.ReadAllText(Source).Split(' ')[0]} before the run" : "";
    }
}
