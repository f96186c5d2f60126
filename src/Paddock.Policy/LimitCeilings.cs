namespace Paddock.Policy;

/// <summary>Limits, each the lower of two, and what is above another.</summary>
internal static class LimitCeilings
{
    /// <summary>Lowers nothing.</summary>
    public static Limits Unbounded { get; } = new()
    {
        Timeout = TimeSpan.MaxValue,
        InitTimeout = TimeSpan.MaxValue,
        ShutdownTimeout = TimeSpan.MaxValue,
        MemoryBytes = long.MaxValue,
        StackBytes = int.MaxValue,
        ResultBytes = int.MaxValue,
        LogBytes = int.MaxValue,
        LogEntries = int.MaxValue,
        HostCalls = int.MaxValue,
        Cpu = double.MaxValue,
        Processes = int.MaxValue,
    };

    public static Limits Lower(Limits asked, Limits ceiling) => new()
    {
        Timeout = asked.Timeout < ceiling.Timeout ? asked.Timeout : ceiling.Timeout,
        InitTimeout = asked.InitTimeout < ceiling.InitTimeout ? asked.InitTimeout : ceiling.InitTimeout,
        ShutdownTimeout = asked.ShutdownTimeout < ceiling.ShutdownTimeout ? asked.ShutdownTimeout : ceiling.ShutdownTimeout,
        MemoryBytes = Math.Min(asked.MemoryBytes, ceiling.MemoryBytes),
        StackBytes = Math.Min(asked.StackBytes, ceiling.StackBytes),
        ResultBytes = Math.Min(asked.ResultBytes, ceiling.ResultBytes),
        LogBytes = Math.Min(asked.LogBytes, ceiling.LogBytes),
        LogEntries = Math.Min(asked.LogEntries, ceiling.LogEntries),
        HostCalls = Math.Min(asked.HostCalls, ceiling.HostCalls),
        Cpu = Math.Min(asked.Cpu, ceiling.Cpu),
        Processes = Math.Min(asked.Processes, ceiling.Processes),
    };

    /// <summary>Name and text of each limit, for people and for comparing; the order of two limits is that of their numbers.</summary>
    public static IReadOnlyList<(string Name, double Number, string Text)> Each(Limits limits) =>
    [
        ("timeout", limits.Timeout.TotalMilliseconds, $"{limits.Timeout.TotalMilliseconds:0} ms"),
        ("initTimeout", limits.InitTimeout.TotalMilliseconds, $"{limits.InitTimeout.TotalMilliseconds:0} ms"),
        ("memory", limits.MemoryBytes, $"{limits.MemoryBytes} bytes"),
        ("stack", limits.StackBytes, $"{limits.StackBytes} bytes"),
        ("result", limits.ResultBytes, $"{limits.ResultBytes} bytes"),
        ("log", limits.LogBytes, $"{limits.LogBytes} bytes"),
        ("logEntries", limits.LogEntries, $"{limits.LogEntries}"),
        ("hostCalls", limits.HostCalls, $"{limits.HostCalls}"),
        ("cpu", limits.Cpu, limits.Cpu.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("processes", limits.Processes, $"{limits.Processes}"),
    ];
}
