using System.ComponentModel;

namespace Paddock.Sandbox.Process;

/// <summary>Starts programs under bubblewrap: namespaces of their own, an unprivileged user, no capabilities, a list of system calls, limits by cgroups. Linux only; elsewhere <see cref="Missing"/> says so and nothing starts.</summary>
public sealed class BubblewrapLauncher : IProcessLauncher
{
    private readonly BubblewrapLauncherOptions _options;
    private readonly Lazy<SystemView> _view;

    /// <summary>Makes a launcher; what the machine lacks is found out when it is first asked for.</summary>
    public BubblewrapLauncher(BubblewrapLauncherOptions? options = null)
    {
        _options = options ?? new BubblewrapLauncherOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.UserId, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GroupId, 1, nameof(options));
        _view = new Lazy<SystemView>(() => new SystemView(_options.SystemPaths));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Missing => [];

    /// <inheritdoc/>
    public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        cancellationToken.ThrowIfCancellationRequested();
        CheckedProcess.Check(spec);
        string program = ProgramLookup.Find(spec, _options.SystemPaths);
        var (gateRead, gate) = Descriptor.Pipe();
        var (input, inputEnd) = Descriptor.Pipe();
        var (outputEnd, output) = Descriptor.Pipe();
        var (errorEnd, error) = Descriptor.Pipe();
        using var arguments = new BubblewrapArguments(input, output, error, gateRead);
        ChildProcess? child = null;
        try
        {
            byte[] text = Describe(spec, arguments);
            string[] command = [.. Unprivileged(), "--", "/usr/bin/bwrap", "--args", "3", "--", program, .. spec.Arguments];
            child = await SpawnThread.RunAsync(() => new ChildProcess(Spawn.Start("/usr/bin/setpriv", command, arguments.Descriptors)));
            // bubblewrap reads its arguments to their end before it does anything: until the gate is closed, nothing of the program runs.
            gate.TryWriteAll(text);
            gate.Dispose();
            return new GuestProcess(child, inputEnd, outputEnd, errorEnd);
        }
        catch (Win32Exception e)
        {
            child?.Kill();
            throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, $"The sandbox cannot be started: {e.Message}."));
        }
        finally
        {
            foreach (var end in new[] { gateRead, gate, input, output, error }) end.Dispose();
        }
    }

    private IEnumerable<string> Unprivileged()
    {
        // SECURITY: root inside a user namespace that root made is root of the host. So bubblewrap itself is started as nobody.
        if (Libc.geteuid() == 0) return [$"--reuid={_options.UserId}", $"--regid={_options.GroupId}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--pdeathsig=KILL"];
        return ["--inh-caps=-all", "--no-new-privs", "--pdeathsig=KILL"];
    }

    private byte[] Describe(ProcessSpec spec, BubblewrapArguments arguments)
    {
        arguments.Add(Isolation);
        foreach (var (name, value) in spec.Environment) arguments.Add("--setenv", name, value);
        _view.Value.AddPrograms(arguments);
        arguments.Add("--tmpfs", ProcessSpec.FilesRoot);
        foreach (var (path, content) in spec.Files) arguments.AddFile($"{ProcessSpec.FilesRoot}/{path}", content.Span, spec.Executables.Contains(path));
        arguments.Add("--remount-ro", ProcessSpec.FilesRoot, "--perms", "1777", "--size", spec.TemporaryBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), "--tmpfs", "/tmp");
        _view.Value.AddDevices(arguments);
        foreach (var mount in spec.Mounts) arguments.Add(mount.Writable ? "--bind-fd" : "--ro-bind-fd", arguments.AddDescriptor(Descriptor.Pin(mount.HostPath)), mount.Path);
        arguments.Add("--remount-ro", "/", "--chdir", spec.WorkingDirectory);
        return arguments.ToBytes();
    }

    private static readonly string[] Isolation =
    [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup", "--disable-userns",
        "--uid", "1000", "--gid", "1000", "--hostname", "plugin", "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv",
    ];
}
