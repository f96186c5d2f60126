using Paddock.HostApi;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock;

/// <summary>What the owner of a host sets. Checked when the host starts.</summary>
public sealed class PaddockOptions
{
    /// <summary>Directory of the database, created with mode 0700. Required.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>The most that a plugin of JavaScript or WebAssembly may have, and what reading any plugin's registration may take. The time limit is the most that a call may ask for: 300 s by default.</summary>
    public Limits Limits { get; set; } = new() { Timeout = TimeSpan.FromSeconds(300) };

    /// <summary>The most that a package may have whose plugin is a program: Python, Node, .NET, go-plugin, a command, a container. It has this only where its manifest asks for it and its policy grants it. Default as <see cref="Limits"/>, with 512 MiB and 64 processes.</summary>
    public Limits ProgramLimits { get; set; } = new() { Timeout = TimeSpan.FromSeconds(300), MemoryBytes = 512L << 20, Processes = 64 };

    /// <summary>Limits of a posted container plugin, which has a system of its own. Default as <see cref="Limits"/>, with 512 MiB and 64 processes.</summary>
    public Limits ContainerLimits { get; set; } = new() { Timeout = TimeSpan.FromSeconds(300), MemoryBytes = 512L << 20, Processes = 64 };

    /// <summary>Wall time of a call that asks for none. Default 30 s.</summary>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most plugins of one owner. Default 1,000.</summary>
    public int PluginsPerOwner { get; set; } = 1000;

    /// <summary>Most UTF-8 bytes of code and config of all plugins of one owner. Default 64 MiB.</summary>
    public long PluginBytesPerOwner { get; set; } = 64L << 20;

    /// <summary>Most UTF-8 bytes of an input or a context. Default 1 MiB.</summary>
    public int InputBytes { get; set; } = 1 << 20;

    /// <summary>Most UTF-8 bytes of a result that are kept with its execution; of a larger one the size is kept. Default 64 KiB.</summary>
    public int KeptResultBytes { get; set; } = 64 << 10;

    /// <summary>How many calls of one plugin run at once; others wait against their own deadline. Default 16.</summary>
    public int CallsPerPlugin { get; set; } = 16;

    /// <summary>How many calls run at once in all. Default 64.</summary>
    public int Calls { get; set; } = 64;

    /// <summary>How many plugins stay loaded; the least recently used is dropped beyond. Default 2,000.</summary>
    public int LoadedPlugins { get; set; } = 2000;

    /// <summary>Bytes that loaded plugins may take in all, as their sandboxes estimate. Default 1 GiB.</summary>
    public long LoadedBytes { get; set; } = 1L << 30;

    /// <summary>What the host functions may do at most, whatever is granted. Faults of the host are logged unless it says otherwise.</summary>
    public HostApiOptions HostApi { get; set; } = new();

    /// <summary>Directories that can never be granted, nor anything in or above them, besides the data directory and the system's own.</summary>
    public IList<string> PrivateDirectories { get; } = [];

    /// <summary>What is kept, and how long.</summary>
    public RetentionOptions Retention { get; } = new();

    /// <summary>Whose package signatures count, besides the keys that operators add; whether every package needs one; this host's version. Default: nobody's, and none is needed.</summary>
    public PackageTrust Trust { get; set; } = PackageTrust.None;

    /// <summary>A directory whose packages are installed, upgraded and removed as its files come, change and go; null for none. Like any other they wait for review.</summary>
    public string? PackagesDirectory { get; set; }

    /// <summary>How long a path of the packages directory must be left alone before it is read. Default 500 ms.</summary>
    public TimeSpan PackagesDebounce { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether installed packages are loaded when the host starts, in the background, instead of with their first call. Default false.</summary>
    public bool EagerLoading { get; set; }

    /// <summary>Whether the host starts in safe mode: no package is loaded, none answers, none contributes. Default false.</summary>
    public bool SafeMode { get; set; }

    /// <summary>How many of a new version's first calls have to fail, each of them, before the host brings the former version back; 0 for never. Default 3.</summary>
    public int RollBackAfter { get; set; } = 3;

    /// <summary>How many crashes in a row stop a package until an operator enables it again; 0 for never. Default 10.</summary>
    public int QuarantineAfter { get; set; } = 10;

    /// <summary>Most installed packages of a tenant. Default 2,000.</summary>
    public int Packages { get; set; } = 2000;

    /// <summary>Most bytes of all versions of a tenant's packages. Default 4 GiB.</summary>
    public long PackageBytes { get; set; } = 4L << 30;

    /// <summary>How long the values of an uninstalled package are kept for its publisher. Default 30 days.</summary>
    public TimeSpan UninstalledData { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether a GoatKit plugin that nobody reviewed runs with that system's defaults instead of not at all. Default false: it is a named weakening.</summary>
    public bool GoatKitDefaults { get; set; }

    /// <summary>How plugins are isolated beyond what their manifests and policies ask for; a plugin whose level this host does not have does not run. Default: nothing beyond, so that JavaScript and WebAssembly of whoever wrote them run in the host's process, behind the engine alone.</summary>
    public IsolationRules Isolation { get; set; } = IsolationRules.None;

    /// <summary>Whether agents have tools that create plugins, on behalf of whom they act for. Default false. What they create has no permission until an operator grants one.</summary>
    public bool AgentsMayCreatePlugins { get; set; }

    /// <summary>Whether agents have a tool that deletes plugins of whom they act for. Default false.</summary>
    public bool AgentsMayDeletePlugins { get; set; }

    /// <summary>Names of authorisation that routes of plugins may ask for, besides those of <see cref="Paddock.Middleware"/>. A route that asks for another refuses its plugin.</summary>
    public ISet<string> Middleware { get; } = new HashSet<string>(StringComparer.Ordinal);
}
