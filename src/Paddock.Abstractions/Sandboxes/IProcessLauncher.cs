namespace Paddock;

/// <summary>Starts programs in the operating system's sandbox. The only way in which anything that serves plugins starts a program.</summary>
public interface IProcessLauncher
{
    /// <summary>What this machine lacks for a sandbox, each part with how to get it; empty when programs can be started. A missing part is never left out in silence: nothing starts without it.</summary>
    IReadOnlyList<Finding> Missing { get; }

    /// <summary>The user that programs run as, where it is not the host's own: a directory that is made for a program to write to must be theirs. Null where it is the host's own.</summary>
    int? GuestUserId => null;

    /// <summary>Starts a program, jailed from its first instruction on.</summary>
    /// <exception cref="SandboxLoadException">A part of the sandbox is missing (<see cref="ErrorCodes.SandboxUnavailable"/>), or the program is not there.</exception>
    ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken = default);
}

/// <summary>A program to be started in a sandbox. It sees the system's programs and libraries, its own files, an empty /tmp and nothing else: no network, no other process, no variable that is not named here.</summary>
public sealed record ProcessSpec
{
    /// <summary>Where <see cref="Files"/> are inside the sandbox.</summary>
    public const string FilesRoot = "/plugin";

    /// <summary>Path of the program as the sandbox sees it: absolute, or a name that is looked up in the sandbox's own PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, without the program's own name. Handed over as they are; no shell reads them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>All its variables, but for PWD, which is the working directory. Default none. Never a secret.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The verified bytes of a package, by path; read-only below <see cref="FilesRoot"/>. Default none.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Those of <see cref="Files"/> that may be executed. Default none.</summary>
    public IReadOnlySet<string> Executables { get; init; } = new HashSet<string>();

    /// <summary>Directories and files of the host that are shown to it. Default none.</summary>
    public IReadOnlyList<ProcessMount> Mounts { get; init; } = [];

    /// <summary>Where it starts. Default <see cref="FilesRoot"/>.</summary>
    public string WorkingDirectory { get; init; } = FilesRoot;

    /// <summary>Size of its /tmp in bytes. Default 64 MiB.</summary>
    public long TemporaryBytes { get; init; } = 64L << 20;

    /// <summary>Which system calls it may make beyond what every program needs.</summary>
    public required SyscallProfile Profile { get; init; }

    /// <summary>Memory, processors and processes; its times are the caller's to keep. <see cref="Files"/> and /tmp are held in memory and count.</summary>
    public required Limits Limits { get; init; }
}

/// <summary>A directory or file of the host inside a sandbox.</summary>
/// <param name="HostPath">Absolute, without links; the host's own word that it may be shown. The user that the process runs as must be able to reach it.</param>
/// <param name="Path">Absolute path in the sandbox.</param>
/// <param name="Writable">Default false.</param>
public sealed record ProcessMount(string HostPath, string Path, bool Writable = false)
{
    /// <summary>Which directory the path led to when it was looked at, where that matters: another one of the same name is another mount.</summary>
    public string? Identity { get; init; }
}

/// <summary>The system calls that a kind of program needs beyond the base.</summary>
public enum SyscallProfile
{
    /// <summary>Programs in general.</summary>
    Base,

    /// <summary>CPython.</summary>
    Python,

    /// <summary>Node.js.</summary>
    Node,

    /// <summary>Go programs that serve a Unix socket.</summary>
    GoPlugin,

    /// <summary>.NET programs.</summary>
    Dotnet,
}

/// <summary>A program that runs in a sandbox, whichever sandbox that is.</summary>
public interface IGuestProcess : IAsyncDisposable
{
    /// <summary>Its standard input; disposing it is the end of its input.</summary>
    Stream Input { get; }

    /// <summary>Its standard output.</summary>
    Stream Output { get; }

    /// <summary>Its standard error.</summary>
    Stream Error { get; }

    /// <summary>Completes when the program and everything that it started are gone. Never faults.</summary>
    Task<ProcessExit> Exited { get; }

    /// <summary>Kills it with everything that it started, and waits until they are gone. Disposing does the same, and removes what it left behind.</summary>
    ValueTask KillAsync();
}

/// <summary>A program that asks for connections by itself, for which it needs the channel of whichever call it serves.</summary>
public interface IConnectingProcess : IGuestProcess
{
    /// <summary>Lends it a call's channel until what is returned is disposed; every connection ends then. One call at a time.</summary>
    /// <param name="channel">The call's.</param>
    /// <param name="most">How often it may ask (<see cref="Limits.HostCalls"/>), beside the host calls that the plugin makes itself.</param>
    IDisposable Lend(IHostChannel channel, int most);
}

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code; 128 + the signal's number where a signal ended it.</param>
/// <param name="MemoryLimit">Whether it was ended because its memory was used up.</param>
public sealed record ProcessExit(int Code, bool MemoryLimit = false);
