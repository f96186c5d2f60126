using Paddock.HostApi;

namespace Paddock;

/// <summary>What the owner of a host sets. Checked when the host starts.</summary>
public sealed class PaddockOptions
{
    /// <summary>Directory of the database, created with mode 0700. Required.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Limits of every plugin. The time limit is the most that a call may ask for: 300 s by default.</summary>
    public Limits Limits { get; set; } = new() { Timeout = TimeSpan.FromSeconds(300) };

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
}
