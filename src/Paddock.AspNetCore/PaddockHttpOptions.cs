namespace Paddock.AspNetCore;

/// <summary>What an application sets for Paddock's HTTP interfaces.</summary>
public sealed class PaddockHttpOptions
{
    /// <summary>Host names, besides <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>, under which the interfaces answer. A request with any other Host header gets 400. Empty by default. Names only: no port, no wildcard.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Most bytes of a request's body. Default 4 MiB; more gets 413.</summary>
    public int MaxBodyBytes { get; set; } = 4 << 20;

    /// <summary>Time for a request that executes no plugin. Default 30 s; then 408 or 503. An execution has its own time limit, and this on top of it for everything around.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether every path of the application is Paddock's, so that its checks and its JSON errors hold for unknown paths too. Default false: an application keeps the say over its own paths.</summary>
    public bool OwnsAllPaths { get; set; }
}
