using System.Globalization;
using Paddock.Sandbox.Protocol;
using Paddock.Sandbox.Protocol.Guests;

namespace Paddock.Sandbox.Process;

/// <summary>.NET plugins in sandboxed processes: programs that link Paddock.Plugin, built for an installed .NET (<c>NAME.dll</c>) or to be one file (no extension).</summary>
public sealed class DotnetRuntime(IProcessLauncher launcher, ProcessOptions? options = null) : ISandboxRuntime
{
    private const long EstimatedBytes = 40L << 20;

    /// <summary>What a process needs beside its heap: the runtime itself, compiled code, stacks.</summary>
    private const long BesideHeap = 32L << 20;

    private readonly ProcessOptions _options = options ?? new ProcessOptions();

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.Dotnet;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Process;

    /// <inheritdoc/>
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var isAssembly = spec.Entry.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var entry = $"{ProcessSpec.FilesRoot}/{spec.Entry}";
        var root = isAssembly ? Root() : "/usr/share";
        ProcessSpec Process(GuestTerms terms) => new()
        {
            Program = isAssembly ? root + "/dotnet" : entry,
            Arguments = isAssembly ? ["exec", entry] : [],
            Environment = Environment(spec, terms.Limits),
            Files = spec.Files,
            Executables = isAssembly ? new HashSet<string>() : new HashSet<string>(StringComparer.Ordinal) { spec.Entry },
            Mounts = root.StartsWith("/usr/", StringComparison.Ordinal) ? [] : [new ProcessMount(root, root)],
            Profile = SyscallProfile.Dotnet,
            Limits = terms.Limits,
        };
        return Interpreter.CreateAsync(launcher, spec, start => new ProtocolGuest { Start = start, Runtime = "dotnet", EstimatedBytes = EstimatedBytes }, Process, _options.Pool, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Dictionary<string, string> Environment(SandboxSpec spec, Limits limits)
    {
        // Half at least is heap: less than that is better said by the group's own limit than by a runtime that does not start.
        var heap = Math.Max(limits.MemoryBytes / 2, limits.MemoryBytes - BesideHeap);
        return new Dictionary<string, string>(Interpreter.Environment(spec))
        {
            // The collector sees the machine's memory, not the group's. With a bound it also reserves 3 GiB of addresses instead of 50.
            ["DOTNET_GCHeapHardLimit"] = heap.ToString("X", CultureInfo.InvariantCulture),

            // A process that serves one call at a time: fewer threads, and no time spent on counting what is called.
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_TieredPGO"] = "0",

            // Threads are made by the number of processors, and count: those of its limit, not of the machine. With one alone, a function that waits for another would stand still.
            ["DOTNET_PROCESSOR_COUNT"] = Math.Clamp((int)Math.Ceiling(limits.Cpu), 2, 8).ToString(CultureInfo.InvariantCulture),

            // A socket for debuggers, and files that it would write.
            ["DOTNET_EnableDiagnostics"] = "0",

            // The library for cultures may not be there, and no plugin is to depend on the machine that it happens to run on.
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
        };
    }

    private string Root()
    {
        var root = _options.Dotnet ?? DotnetHome.Root;
        return root is not null && File.Exists(root + "/dotnet")
            ? root
            : throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, "No .NET is installed on this machine, or not where it is looked for."));
    }
}
