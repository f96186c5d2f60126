using System.Globalization;

namespace Paddock.Packaging;

/// <summary>Reads the limits that a plugin asks for. Policy lowers them; none can be switched off.</summary>
internal sealed class LimitsReader(ManifestFindings findings) : NodeReader(findings)
{
    internal static readonly string[] Keys = ["memory", "timeout", "initTimeout", "shutdownTimeout", "stack", "result", "log", "logEntries", "hostCalls", "cpu", "processes"];

    public Limits? Read(DataNode value)
    {
        if (Mapping(value, "limits") is not { } limits) return null;
        var read = new Limits();
        foreach (var (key, item) in limits.Entries)
        {
            read = key.Text switch
            {
                "memory" => read with { MemoryBytes = Size(item, key.Text, 1 << 20, 1L << 36) ?? read.MemoryBytes },
                "timeout" => read with { Timeout = Time(item, key.Text, 200, 300_000) ?? read.Timeout },
                "initTimeout" => read with { InitTimeout = Time(item, key.Text, 200, 300_000) ?? read.InitTimeout },
                "shutdownTimeout" => read with { ShutdownTimeout = Time(item, key.Text, 100, 60_000) ?? read.ShutdownTimeout },
                "stack" => read with { StackBytes = (int?)Size(item, key.Text, 64 << 10, 256 << 20) ?? read.StackBytes },
                "result" => read with { ResultBytes = (int?)Size(item, key.Text, 1 << 10, 256 << 20) ?? read.ResultBytes },
                "log" => read with { LogBytes = (int?)Size(item, key.Text, 1 << 10, 16 << 20) ?? read.LogBytes },
                "logEntries" => read with { LogEntries = Integer(item, key.Text, 1, 100_000) ?? read.LogEntries },
                "hostCalls" => read with { HostCalls = Integer(item, key.Text, 1, 1_000_000) ?? read.HostCalls },
                "cpu" => read with { Cpu = Processors(item) ?? read.Cpu },
                "processes" => read with { Processes = Integer(item, key.Text, 1, 4096) ?? read.Processes },
                _ => Skip(key, read),
            };
        }

        return read;
    }

    public TimeSpan? Time(DataNode value, string name, int leastMilliseconds, int mostMilliseconds)
    {
        if (Text(value, name) is not { } text) return null;
        if (Quantities.Duration(text) is { } time && time.TotalMilliseconds >= leastMilliseconds && time.TotalMilliseconds <= mostMilliseconds) return time;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{Printable.Text(text)} will not do for {name}.",
            $"Expected: a time from {leastMilliseconds}ms to {mostMilliseconds / 1000}s, such as 5s or 500ms.");
        return null;
    }

    private long? Size(DataNode value, string name, long least, long most)
    {
        if (Text(value, name) is not { } text) return null;
        if (Quantities.Bytes(text) is { } size && size >= least && size <= most) return size;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{Printable.Text(text)} will not do for {name}.", $"Expected: a size from {least >> 10}KiB to {most >> 10}KiB, such as 64MiB.");
        return null;
    }

    private double? Processors(DataNode value)
    {
        if (value is DataScalar { Plain: true } scalar && scalar.Text.Length < 10
            && double.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number is >= 0.01 and <= 256)
            return number;
        Findings.Report(PackageCodes.ValueInvalid, value, "cpu is no number from 0.01 to 256.");
        return null;
    }

    private Limits Skip(DataScalar key, Limits limits)
    {
        Unknown(key, string.Join(", ", Keys));
        return limits;
    }
}
