using Paddock.Policy;

namespace Paddock.Cli;

/// <summary>What <c>paddock serve</c> was asked for.</summary>
/// <param name="Url">Address to listen on; port 0 takes a free one.</param>
/// <param name="Data">Directory of the store.</param>
/// <param name="Hosts">Host names to answer under, besides loopback names.</param>
/// <param name="StopWithInput">Whether the end of standard input ends the server.</param>
internal sealed record ServeOptions(string Url, string Data, IReadOnlyList<string> Hosts, bool StopWithInput)
{
    /// <summary>A directory of packages to watch; null for none.</summary>
    public string? Plugins { get; init; }

    /// <summary>Whether only packages with a signature of a trusted key are installed.</summary>
    public bool RequireSignatures { get; init; }

    /// <summary>Socket of the container engine that container plugins run in; null for the first of the usual ones.</summary>
    public string? Engine { get; init; }

    /// <summary>How plugins are isolated beyond what their manifests and policies ask for.</summary>
    public IsolationRules Isolation { get; init; } = IsolationRules.None;

    /// <summary>Whether no plugin runs.</summary>
    public bool SafeMode { get; init; }
}
