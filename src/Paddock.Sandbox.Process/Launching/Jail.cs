using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Builds the sandbox around one program and starts it. Whether this machine can is not asked here.</summary>
internal sealed class Jail(BubblewrapLauncherOptions options)
{
    /// <summary>After standard input, output and error.</summary>
    private const string GateNumber = "3";

    private readonly SystemView _view = new(options.SystemPaths, options.Lifted);
    private readonly ConcurrentDictionary<SyscallProfile, byte[]> _filters = new();

    private static bool IsRoot => Libc.geteuid() == 0;

    internal async Task<GuestProcess> StartAsync(ProcessSpec spec, string program)
    {
        var (gateRead, gate) = Descriptor.Pipe();
        var (input, inputEnd) = Descriptor.Pipe();
        var (outputEnd, output) = Descriptor.Pipe();
        var (errorEnd, error) = Descriptor.Pipe();
        using var arguments = new BubblewrapArguments(input, output, error, gateRead);
        ProcessCgroup? cgroup = null;
        ChildProcess? child = null;
        try
        {
            foreach (var end in new[] { input, output, error }) GiveToGuest(end);
            byte[] text = Describe(spec, arguments);
            string[] command = [.. ResourceLimits.Arguments(spec, arguments.Descriptors.Count, options.Lifted), options.Setpriv, .. Unprivileged(), "--", options.Bubblewrap, "--args", GateNumber, "--", program, .. spec.Arguments];
            cgroup = CgroupHome.OfThisProcess.Create();
            var spawn = new Spawn(options.Prlimit, command, arguments.Descriptors, options.Lifted);
            child = await SpawnThread.RunAsync(() => cgroup.Start(spawn.Start)).ConfigureAwait(false);

            // The group is bounded once the host's thread has left it: where a group runs out of memory, the kernel kills the largest in it.
            cgroup.Bound(spec.Limits, Unbounded());

            // SECURITY: bubblewrap reads its arguments to their end before it does anything. Until they are written and the pipe is closed nothing of
            // the guest's exists; and should the host be gone by then, bubblewrap finds an empty root with no program in it.
            gate.TryWriteAll(text);
            return new GuestProcess(child, cgroup, inputEnd, outputEnd, errorEnd, emptiesGroup: !options.Lifted.HasFlag(Defences.EmptiedGroup));
        }
        catch
        {
            await RemoveAsync(child, cgroup).ConfigureAwait(false);
            foreach (var end in new[] { inputEnd, outputEnd, errorEnd }) end.Dispose();
            throw;
        }
        finally
        {
            foreach (var end in new[] { gateRead, gate, input, output, error }) end.Dispose();
        }
    }

    private static async Task RemoveAsync(ChildProcess? child, ProcessCgroup? cgroup)
    {
        if (child is not null)
        {
            child.Kill();
            await child.Exited.ConfigureAwait(false);
            child.Dispose();
        }

        if (cgroup is not null) await cgroup.EmptyAsync().ConfigureAwait(false);
    }

    private HashSet<CgroupController> Unbounded()
    {
        var lifted = new HashSet<CgroupController>();
        if (options.Lifted.HasFlag(Defences.Memory)) lifted.Add(CgroupController.Memory);
        if (options.Lifted.HasFlag(Defences.Cpu)) lifted.Add(CgroupController.Cpu);
        if (options.Lifted.HasFlag(Defences.Pids)) lifted.Add(CgroupController.Pids);
        return lifted;
    }

    private List<string> Unprivileged()
    {
        List<string> arguments = ["--inh-caps=-all", "--no-new-privs"];
        if (!options.Lifted.HasFlag(Defences.DiesWithHost)) arguments.Add("--pdeathsig=KILL");

        // SECURITY: root inside a user namespace that root made is root of the host. So bubblewrap itself is started as another user.
        if (IsRoot && !options.Lifted.HasFlag(Defences.OtherUser))
            arguments.AddRange([$"--reuid={options.UserId}", $"--regid={options.GroupId}", "--clear-groups", "--bounding-set=-all"]);
        return arguments;
    }

    /// <summary>bubblewrap's arguments: what isolates comes first, so that no prefix of them is a weaker sandbox with a program in it.</summary>
    private byte[] Describe(ProcessSpec spec, BubblewrapArguments arguments)
    {
        AddIsolation(spec, arguments);
        foreach (var (name, value) in spec.Environment) arguments.Add("--setenv", name, value);
        _view.AddPrograms(arguments);
        arguments.Add("--tmpfs", ProcessSpec.FilesRoot);
        foreach (var (path, content) in spec.Files) arguments.AddFile($"{ProcessSpec.FilesRoot}/{path}", content.Span, spec.Executables.Contains(path));
        arguments.Add("--remount-ro", ProcessSpec.FilesRoot, "--perms", "1777");
        if (!options.Lifted.HasFlag(Defences.SizedTemporary)) arguments.Add("--size", spec.TemporaryBytes.ToString(CultureInfo.InvariantCulture));
        arguments.Add("--tmpfs", "/tmp");
        _view.AddDevices(arguments);
        foreach (var mount in spec.Mounts) AddMount(mount, arguments);
        if (!options.Lifted.HasFlag(Defences.ReadOnlyRoot)) arguments.Add("--remount-ro", "/");
        arguments.Add("--chdir", spec.WorkingDirectory);
        return arguments.ToBytes();
    }

    private void AddIsolation(ProcessSpec spec, BubblewrapArguments arguments)
    {
        var lifted = options.Lifted;
        arguments.Add("--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup", "--cap-drop", "ALL", "--new-session");
        if (!lifted.HasFlag(Defences.ProcessNamespace)) arguments.Add("--unshare-pid");
        if (!lifted.HasFlag(Defences.Network)) arguments.Add("--unshare-net");
        if (!lifted.HasFlag(Defences.DiesWithHost)) arguments.Add("--die-with-parent");
        if (!lifted.HasFlag(Defences.EmptyEnvironment)) arguments.Add("--clearenv");
        if (!lifted.HasFlag(Defences.UserNamespaceLimit)) arguments.Add("--disable-userns");
        if (!lifted.HasFlag(Defences.Seccomp)) arguments.Add("--seccomp", arguments.AddDescriptor(Descriptor.Memory(Filter(spec.Profile))));
        arguments.Add("--uid", SystemView.UserId, "--gid", SystemView.UserId, "--hostname", "plugin");
    }

    private static void AddMount(ProcessMount mount, BubblewrapArguments arguments) =>
        arguments.Add(mount.Writable ? "--bind-fd" : "--ro-bind-fd", arguments.AddDescriptor(Descriptor.Pin(mount.HostPath)), mount.Path);

    // A program may open its own /dev/stdout, which is this pipe by name.
    private void GiveToGuest(Descriptor end)
    {
        if (IsRoot) _ = Libc.fchown(end.Number, (uint)options.UserId, (uint)options.GroupId);
    }

    private byte[] Filter(SyscallProfile profile) =>
        _filters.GetOrAdd(profile, p => SeccompFilter.Assemble(SyscallRules.For(p, RuntimeInformation.ProcessArchitecture), RuntimeInformation.ProcessArchitecture));
}
