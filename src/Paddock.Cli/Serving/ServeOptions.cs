namespace Paddock.Cli;

/// <summary>What <c>paddock serve</c> was asked for.</summary>
/// <param name="Url">Address to listen on; port 0 takes a free one.</param>
/// <param name="Data">Directory of the store.</param>
/// <param name="Hosts">Host names to answer under, besides loopback names.</param>
/// <param name="StopWithInput">Whether the end of standard input ends the server.</param>
internal sealed record ServeOptions(string Url, string Data, IReadOnlyList<string> Hosts, bool StopWithInput);
