using System.Globalization;
using Paddock.Sandbox.Protocol;
using Paddock.Sandbox.Protocol.Guests;

namespace Paddock.Sandbox.Process;

/// <summary>Node plugins in sandboxed processes: CommonJS or ES modules, written as JavaScript plugins are.</summary>
public sealed class NodeRuntime(IProcessLauncher launcher, ProcessOptions? options = null) : ISandboxRuntime
{
    // V8 gives up with SIGABRT (or a trap) when its own heap is full, before the system notices.
    private const int Aborted = 128 + 6, Trapped = 128 + 5;
    private const long EstimatedBytes = 40L << 20;

    private readonly ProcessOptions _options = options ?? new ProcessOptions();

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.Node;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Process;

    /// <inheritdoc/>
    public bool TakesSources => true;

    /// <inheritdoc/>
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!File.Exists(_options.Node)) throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, "Node is not installed on this machine, or not where it is looked for."));
        ProcessSpec Process(GuestTerms terms) => new()
        {
            // Node has no way to move a descriptor. The script is constant; what varies are its parameters.
            Program = "/bin/sh",
            Arguments = ["-c", "exec \"$0\" \"$@\" 3>&1 1>&2", _options.Node, .. Flags(terms.Limits), "-e", GuestBootstrap.Node],
            Environment = new Dictionary<string, string>(Interpreter.Environment(spec)) { ["PADDOCK_WIRE"] = "3" },
            Files = spec.Files,
            Profile = SyscallProfile.Node,
            Limits = terms.Limits,
        };
        return Interpreter.CreateAsync(launcher, spec, Guest, Process, _options.Pool, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ProtocolGuest Guest(Func<CancellationToken, ValueTask<IGuestProcess>> start) => new()
    {
        Start = start,
        Runtime = "node",
        MemoryExitCodes = new HashSet<int> { Aborted, Trapped },
        EstimatedBytes = EstimatedBytes,
    };

    private static string[] Flags(Limits limits)
    {
        // What is not the heap (the program itself, buffers, stacks) needs room within the same limit.
        var heap = Math.Max(16, limits.MemoryBytes * 3 / 4 >> 20);
        return ["--no-addons", "--no-warnings", "--max-old-space-size=" + heap.ToString(CultureInfo.InvariantCulture)];
    }
}
