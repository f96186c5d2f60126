namespace Paddock;

/// <summary>Starts workers: the worker's own files and the runtime that this process runs on, under the launcher.</summary>
internal sealed class WorkerStarter(IProcessLauncher launcher, WorkerOptions options)
{
    private const string Program = "Paddock.Worker";

    // What .NET would open, ask or write beyond what a worker needs; and one processor's worth of background threads.
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["HOME"] = "/tmp",
    };

    private readonly Lazy<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> _files = new(Files);

    internal ValueTask<IGuestProcess> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        string root = Root();
        return launcher.StartAsync(
            new ProcessSpec
            {
                Program = root + "/dotnet",
                Arguments = [ProcessSpec.FilesRoot + "/" + Program + ".dll"],
                Environment = Environment,
                Files = _files.Value,
                Mounts = root.StartsWith("/usr/", StringComparison.Ordinal) ? [] : [new ProcessMount(root, root)],
                Profile = SyscallProfile.Dotnet,
                Limits = spec.Limits with { MemoryBytes = options.OwnMemoryBytes + (spec.Limits.MemoryBytes * options.FullCalls), Processes = options.Processes },
            },
            cancellationToken);
    }

    // The directory of the runtime that runs this code: <root>/shared/Microsoft.NETCore.App/<version>.
    private static string Root() =>
        new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "/").Parent?.Parent?.Parent?.FullName is { } root && Path.Exists(root + "/dotnet")
            ? root
            : throw Unavailable("This application brings its own .NET runtime; workers need an installed one.");

    private static Dictionary<string, ReadOnlyMemory<byte>> Files()
    {
        string[] names = [Program + ".dll", Program + ".runtimeconfig.json", Program + ".deps.json", "Paddock.Abstractions.dll", "Paddock.Sandbox.Protocol.dll", "Paddock.Sandbox.Wasm.dll", "Paddock.Wasm.dll"];
        return names.ToDictionary(name => name, Read, StringComparer.Ordinal);
    }

    private static ReadOnlyMemory<byte> Read(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : throw Unavailable($"The worker's file {name} is not beside the application.");
    }

    private static SandboxLoadException Unavailable(string message) => new(new CallError(ErrorCodes.SandboxUnavailable, message));
}
