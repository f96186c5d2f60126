namespace Paddock.HostApi.Http;

/// <summary>Limits of plugins' requests to other machines, and which private hosts may be reached at all.</summary>
public sealed record HttpFunctionOptions
{
    /// <summary>
    /// Names of hosts (<c>wiki.corp.example</c>, or <c>wiki.corp.example:8080</c> for one port) that may have a private or loopback
    /// address. A grant must still cover them. Link-local and cloud metadata addresses stay refused. Default: none.
    /// </summary>
    public IReadOnlyList<string> PrivateHosts { get; init; } = [];

    /// <summary>Most bytes of a request's body. Default 1 MiB.</summary>
    public int RequestBytes { get; init; } = 1 << 20;

    /// <summary>Most bytes of an answer's body, after decompression. Default 2 MiB.</summary>
    public int ResponseBytes { get; init; } = 2 << 20;

    /// <summary>How many bytes one compressed byte may become, once an answer has more than 64 KiB. Default 100.</summary>
    public int DecompressionRatio { get; init; } = 100;

    /// <summary>Longest time of a request with all its redirects; the call's own limit holds too. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most redirects that are followed. Default 5.</summary>
    public int Redirects { get; init; } = 5;

    /// <summary>Most requests of one plugin at a time; more wait for their turn. Default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Most connections of one plugin's programs at a time, where they speak TLS by themselves; more wait for their turn. Default 16.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Most bytes of such a connection, both ways together. Default 64 MiB.</summary>
    public long ConnectionBytes { get; init; } = 64L << 20;

    /// <summary>Longest time of such a connection; it ends with its call too. Default 5 minutes.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
