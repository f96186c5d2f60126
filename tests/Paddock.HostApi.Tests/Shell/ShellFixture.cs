using System.Text.Json;
using Paddock.HostApi.Tests.Effects;
using Paddock.Sandbox.Process;

namespace Paddock.HostApi.Tests.Shell;

/// <summary>A door whose commands run in the real sandbox, and a directory that can be granted.</summary>
public sealed class ShellFixture : IDisposable, IProcessLauncher
{
    private readonly BubblewrapLauncher _launcher = new();

    public ShellFixture()
    {
        Base = Directory.CreateTempSubdirectory("paddock-shell-").FullName;
        Root = NewDirectory("work");
        Door = new EffectDoor(HostFunctions.Shell(this, new ShellOptions { StreamBytes = 10_000 }));
    }

    public string Base { get; }

    /// <summary>The sandbox's user is not ours: everybody may write here.</summary>
    public string Root { get; }

    public List<IGuestProcess> Started { get; } = [];

    /// <summary>Completes when the first command has been started.</summary>
    public TaskCompletionSource FirstStart { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<Finding> Missing => _launcher.Missing;

    internal EffectDoor Door { get; }

    internal ShellFixture Granted(params string[] commands)
    {
        Door.Grant(PermissionType.Shell, Access.Execute, commands);
        return this;
    }

    internal Task<JsonElement> Run(string command, params string[] args) => Door.Value("shell.execute", new { command, args });

    public string NewDirectory(string name)
    {
        const UnixFileMode everybody = (UnixFileMode)0b111_111_111;
        var path = Path.Combine(Base, name);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(Base, everybody);
        File.SetUnixFileMode(path, everybody);
        return path;
    }

    public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        var process = await _launcher.StartAsync(spec, cancellationToken);
        Started.Add(process);
        FirstStart.TrySetResult();
        return process;
    }

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
