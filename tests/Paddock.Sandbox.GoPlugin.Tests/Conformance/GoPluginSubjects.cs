using Paddock.Conformance;

namespace Paddock.Sandbox.GoPlugin.Tests.Conformance;

/// <summary>Plugins of Go, over each of the two protocols.</summary>
public sealed class GoPluginSubjects : ISubjects
{
    private static readonly Dictionary<string, string> s_functions = new()
    {
        ["completes"] = "echo",
        ["guest error"] = "fail",
        ["result that is no JSON"] = "text",
        ["endless loop"] = "loop",
        ["endless sleep"] = "sleep",
        ["memory without end"] = "memory",
        ["large result"] = "large",
        ["log"] = "log",
        ["log without end"] = "flood",
        ["host call denied"] = "ask",
        ["host calls without end"] = "asks",
        ["fresh state"] = "count",
        ["kept state"] = "count",
        ["cancellation"] = "loop",
        ["no file of the host"] = "file",
        ["no environment of the host"] = "variable",
    };

    private static readonly Dictionary<string, string> s_gaps = new()
    {
        ["unknown function"] = "the program takes any name, and decides",
        ["recursion without end"] = "Go's stacks are memory: MEMORY_LIMIT",
    };

    public static IReadOnlyList<Subject> All { get; } =
    [
        new("go-plugin (net/rpc)", () => Plugins.Spec(), s_functions, s_gaps) { MemoryBytes = 128 << 20 },
        new("go-plugin (gRPC)", () => Plugins.Spec("over-grpc", folder: "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/grpc"), s_functions, s_gaps) { MemoryBytes = 128 << 20 },
    ];
}
