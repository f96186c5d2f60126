using Paddock.Sandbox.Protocol.Guests;

namespace Paddock;

/// <summary>Starts workers: the worker's own files and the runtime that this process runs on, under the launcher.</summary>
internal sealed class WorkerStarter(IProcessLauncher launcher, WorkerOptions options)
{
    internal ValueTask<IGuestProcess> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        string root = Root();
        return launcher.StartAsync(
            new ProcessSpec
            {
                Program = root + "/dotnet",
                Arguments = [ProcessSpec.FilesRoot + "/" + WorkerProgram.Entry],
                Environment = WorkerProgram.Environment,
                Files = WorkerProgram.Files,
                Mounts = root.StartsWith("/usr/", StringComparison.Ordinal) ? [] : [new ProcessMount(root, root)],
                Profile = SyscallProfile.Dotnet,
                Limits = options.LimitsOf(spec),
            },
            cancellationToken);
    }

    private static string Root() =>
        DotnetHome.Root is { } root && Path.Exists(root + "/dotnet")
            ? root
            : throw WorkerProgram.Unavailable("This application brings its own .NET runtime; workers need an installed one.");
}
