using System.Globalization;
using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>What every container of a plugin is started with. There is one list, and no way to leave a part of it out.</summary>
internal static class ContainerFlags
{
    // Whoever is nobody outside is nobody here: no file of an image belongs to it, and no file of the host.
    internal const string User = "65534:65534";
    private const long Files = 1024;
    // Counted for all containers together, for they have one user: what bounds each is its cgroup (PidsLimit).
    private const long ProcessesOfUser = 32768;

    internal static ContainerBody Body(RunSpec run, ContainerOptions options, bool podman) => new()
    {
        Image = run.Image,
        Entrypoint = [run.Command[0]],
        Cmd = [.. run.Command.Skip(1)],
        Env = [.. run.Environment.Select(e => $"{e.Key}={e.Value}")],
        User = User,
        WorkingDir = run.WorkingDirectory,
        Labels = run.Labels,
        AttachStdin = run.Input,
        OpenStdin = run.Input,
        // The end of the input reaches the program, also when the host that held it has died.
        StdinOnce = run.Input,
        HostConfig = new HostConfigBody
        {
            Init = options.Init,
            // What ends while its host is dead leaves nothing. What a build made is still to be taken when it has ended.
            AutoRemove = run.RemovesItself,
            ReadonlyRootfs = !run.Writable,
            Memory = run.Limits.MemoryBytes,
            // Memory and swap together: none of it is swap.
            MemorySwap = run.Limits.MemoryBytes,
            NanoCpus = (long)(run.Limits.Cpu * 1_000_000_000),
            PidsLimit = run.Limits.Processes,
            // Explicit, for podman's own defaults are more than an unprivileged service may set.
            Ulimits = [new("nofile", Files, Files), new("nproc", ProcessesOfUser, ProcessesOfUser), new("core", 0, 0)],
            Tmpfs = Temporary(run.TemporaryBytes ?? options.TemporaryBytes, podman),
            Binds = run.Binds,
            Mounts = GivenMounts.Bodies(run.Mounts),
            Runtime = options.OciRuntime,
        },
    };

    private static Dictionary<string, string> Temporary(long bytes, bool podman)
    {
        var mounts = new Dictionary<string, string> { ["/tmp"] = string.Create(CultureInfo.InvariantCulture, $"rw,nosuid,nodev,noexec,size={bytes},mode=1777") };
        if (!podman) return mounts;
        // podman gives a read-only container two more places to write, without a size. These take their place, and nobody may write there.
        mounts["/run"] = mounts["/var/tmp"] = "rw,nosuid,nodev,noexec,size=4096,mode=0555";
        return mounts;
    }
}

/// <summary>One container to be started.</summary>
internal sealed record RunSpec
{
    /// <summary>Id of the image, never a name: a name can be made to mean another image.</summary>
    public required string Image { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public required string WorkingDirectory { get; init; }

    public required Limits Limits { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether its standard input is open.</summary>
    public bool Input { get; init; }

    /// <summary>Whether its root can be written: only while an image is built.</summary>
    public bool Writable { get; init; }

    /// <summary>Size of its /tmp; null for that of the options.</summary>
    public long? TemporaryBytes { get; init; }

    internal bool RemovesItself => !Writable;

    /// <summary>Directories that were given, and the way to the host's proxy.</summary>
    public IReadOnlyList<ProcessMount> Mounts { get; init; } = [];

    /// <summary>Only while an image is built.</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];
}
