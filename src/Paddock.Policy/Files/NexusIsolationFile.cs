using System.Globalization;

namespace Paddock.Policy;

/// <summary>
/// Nexus's settings of isolation, as JSON: <c>{"plugins":{"isolation":{enabled, backend, network_enabled, timeout, limits{max_cpu, max_memory}, force[]}}}</c>.
/// An unknown back end is an error, and one that this host does not have leaves its plugins out: nothing runs with less than was asked for.
/// </summary>
public static class NexusIsolationFile
{
    private static readonly (IsolationLevel Level, string Name)[] Backends =
        [(IsolationLevel.Container, "docker"), (IsolationLevel.MicroVm, "firecracker"), (IsolationLevel.Remote, "daytona")];

    private static readonly (char Unit, double Seconds)[] Times = [('s', 1), ('m', 60), ('h', 3600)];

    /// <summary>Reads the settings (UTF-8 JSON); null, and everything that is wrong, where they are not of their form.</summary>
    public static IsolationRules? Read(ReadOnlyMemory<byte> json, out IReadOnlyList<Finding> findings)
    {
        var found = new List<Finding>();
        findings = found;
        using var document = JsonNodeReader.Parse(json, PolicyJson.LongestDocument, found);
        if (document is null) return null;
        var reader = new JsonNodeReader(document.RootElement, "", found);
        var plugins = reader.Object("plugins");
        var isolation = plugins?.Object("isolation");
        if (isolation is null && found.Count == 0) found.Add(new Finding(PolicyCodes.PolicyInvalid, "It is missing.") { Path = "plugins.isolation" });
        var rules = isolation is null ? null : Rules(isolation);
        plugins?.End();
        reader.End();
        return found.Count == 0 ? rules : null;
    }

    private static IsolationRules Rules(JsonNodeReader isolation)
    {
        var enabled = isolation.Flag("enabled");
        if (enabled && !isolation.Has("backend")) isolation.Fail(PolicyCodes.PolicyInvalid, "backend", "It is missing.", "Write docker, firecracker or daytona.");
        var level = isolation.Has("backend") ? isolation.Word("backend", Backends, b => b.Name)?.Level ?? IsolationLevel.Remote : IsolationLevel.InProcess;
        var network = isolation.Flag("network_enabled");
        var ceiling = Ceiling(isolation);
        var forced = isolation.Texts("force", n => n.Length > 0);

        // What a back end of another machine needs is that back end's to read.
        _ = isolation.Kind("daytona");
        isolation.End();
        return enabled ? new IsolationRules { Level = level, Only = forced, Network = network, Ceiling = ceiling } : IsolationRules.None;
    }

    // Only what is named is lowered: a ceiling of the defaults would lower the rest of them too.
    private static Limits Ceiling(JsonNodeReader isolation)
    {
        var ceiling = LimitCeilings.Unbounded;
        if (isolation.Has("timeout") && isolation.Text("timeout") is { } time && Quantity(isolation, "timeout", time, Times) is { } seconds) ceiling = ceiling with { Timeout = TimeSpan.FromSeconds(Math.Min(seconds, 300)) };
        if (isolation.Object("limits") is not { } limits) return ceiling;
        if (limits.Has("max_cpu")) ceiling = ceiling with { Cpu = limits.Number("max_cpu", 1, 1024, 1) };
        if (limits.Has("max_memory") && limits.Text("max_memory") is { } memory && Bytes(limits, memory) is { } bytes) ceiling = ceiling with { MemoryBytes = bytes };
        limits.End();
        return ceiling;
    }

    private static long? Bytes(JsonNodeReader reader, string text)
    {
        var (number, factor) = text.ToUpperInvariant() switch
        {
            [.. var n, 'K', 'B'] => (n, 1L << 10),
            [.. var n, 'M', 'B'] => (n, 1L << 20),
            [.. var n, 'G', 'B'] => (n, 1L << 30),
            var n => (n, 1L),
        };
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value * factor
            : reader.Bad<long>("max_memory", "It is no amount of memory.", "Write a number with KB, MB or GB.");
    }

    private static double? Quantity(JsonNodeReader reader, string name, string text, (char Unit, double Factor)[] units)
    {
        var unit = text.Length > 1 ? Array.Find(units, u => u.Unit == text[^1]) : default;
        return unit.Factor > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value * unit.Factor
            : reader.Bad<double>(name, "It is no time.", "Write a number with s, m or h.");
    }
}
