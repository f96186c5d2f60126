namespace Paddock.HostApi;

/// <summary>Limits of the host functions, for each plugin.</summary>
public sealed record HostApiOptions
{
    /// <summary>Most bytes of a file that is read or written. Default 10 MiB.</summary>
    public int FileBytes { get; init; } = 10 << 20;

    /// <summary>Most entries of a directory that are listed. Default 10,000.</summary>
    public int ListedEntries { get; init; } = 10_000;

    /// <summary>Most bytes of keys and values a plugin keeps. Default 10 MiB.</summary>
    public long KvBytes { get; init; } = 10L << 20;

    /// <summary>Most keys a plugin keeps. Default 10,000.</summary>
    public int KvKeys { get; init; } = 10_000;

    /// <summary>Most bytes of one value. Default 1 MB.</summary>
    public int KvValueBytes { get; init; } = 1_000_000;

    /// <summary>Most bytes of the reply of any host call. Default 16 MiB. Functions have lower limits of their own.</summary>
    public int ReplyBytes { get; init; } = 16 << 20;

    /// <summary>Most entries, at any depth, of a directory that is shown to a plugin's program: the host looks through them for sockets and devices first. Default 100,000.</summary>
    public int ShownEntries { get; init; } = 100_000;

    /// <summary>Told of a fault of the host, which a guest learns nothing about. Default: nobody.</summary>
    public Action<string, Exception>? OnFault { get; init; }
}
