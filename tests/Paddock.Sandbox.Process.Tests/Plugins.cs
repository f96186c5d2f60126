using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>Plugins of one file.</summary>
internal static class Plugins
{
    private static readonly Limits s_limits = new() { MemoryBytes = 160 << 20 };

    public static SandboxSpec Python(string code, params (string Path, string Source)[] more) => Spec(PluginRuntime.Python, "plugin.py", code, more);

    public static SandboxSpec Node(string code, params (string Path, string Source)[] more) => Spec(PluginRuntime.Node, "main.js", code, more);

    public static SandboxSpec Command(string code, string dialect = "paddock") => Spec(PluginRuntime.Command, "runner", code) with { Dialect = dialect };

    /// <summary>The probe of tests/Paddock.Plugin.Probe, as its build left it.</summary>
    public static SandboxSpec Dotnet() => new()
    {
        Digest = "test",
        Runtime = PluginRuntime.Dotnet,
        Files = DotnetProbe.Files,
        Entry = "main.dll",
        Limits = s_limits,
    };

    public static SandboxCall Call(string input = "null", string? function = null) => new() { Input = Encoding.UTF8.GetBytes(input), Function = function };

    private static SandboxSpec Spec(PluginRuntime runtime, string entry, string code, params (string Path, string Source)[] more)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { [entry] = Encoding.UTF8.GetBytes(code) };
        foreach (var (path, source) in more) files[path] = Encoding.UTF8.GetBytes(source);
        return new SandboxSpec { Digest = "test", Runtime = runtime, Files = files, Entry = entry, Limits = s_limits };
    }
}
