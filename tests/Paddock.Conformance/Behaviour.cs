namespace Paddock.Conformance;

/// <summary>Something that every runtime must do, told without a word of any runtime.</summary>
/// <param name="Name">What is shown, and what a runtime's guest maps to a function of its own.</param>
/// <param name="Code">The code that the call ends with; null when it completes.</param>
/// <param name="Value">The result, where it completes with a known one.</param>
public sealed record Behaviour(string Name, string? Code, string? Value)
{
    private static readonly Limits Roomy = new()
    {
        Timeout = TimeSpan.FromMinutes(1),
        MemoryBytes = 16 << 20,
        ResultBytes = 100_000,
        LogBytes = 10_000,
        LogEntries = 100,
        HostCalls = 20,
    };

    /// <summary>Every behaviour.</summary>
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        new("completes", null, """{"a":[1,"two"]}""") { Input = """{"a":[1,"two"]}""" },
        new("guest error", ErrorCodes.GuestError, null),
        new("unknown function", ErrorCodes.EntryPointNotFound, null),
        new("result that is no JSON", ErrorCodes.ResultInvalid, null),
        new("endless loop", ErrorCodes.TimeLimit, null) { Limits = Roomy with { Timeout = TimeSpan.FromMilliseconds(400) } },
        new("endless sleep", ErrorCodes.TimeLimit, null) { Limits = Roomy with { Timeout = TimeSpan.FromMilliseconds(400) } },
        new("memory without end", ErrorCodes.MemoryLimit, null),
        new("recursion without end", ErrorCodes.StackLimit, null),
        new("large result", ErrorCodes.ResultLimit, null),
        new("log", null, null) { Log = "hello" },
        new("log without end", ErrorCodes.LogLimit, null),
        new("host call denied", null, null) { HostCalls = 1 },
        new("host calls without end", ErrorCodes.HostCallLimit, null) { HostCalls = 20 },
        new("fresh state", null, "1") { Times = 3 },
        new("kept state", null, "2") { Times = 2, Stateful = true },
        new("cancellation", ErrorCodes.Cancelled, null) { CancelAfter = TimeSpan.FromMilliseconds(200) },
        new("no file of the host", null, "null"),
        new("no environment of the host", null, "null"),
    ];

    /// <summary>What the guest is given.</summary>
    public string Input { get; init; } = "null";

    /// <summary>Limits of the plugin.</summary>
    public Limits Limits { get; init; } = Roomy;

    /// <summary>A line that is logged.</summary>
    public string? Log { get; init; }

    /// <summary>Host calls that are made, the one too many left out; null for any number.</summary>
    public int? HostCalls { get; init; }

    /// <summary>How often it is called; the last result counts.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Whether the plugin keeps its state.</summary>
    public bool Stateful { get; init; }

    /// <summary>When the caller cancels.</summary>
    public TimeSpan? CancelAfter { get; init; }
}
