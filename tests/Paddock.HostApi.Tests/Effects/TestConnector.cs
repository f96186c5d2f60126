using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>The connector with a name service of a test's own, for which one loopback address stands for the internet: 127.0.0.1. All others are what they are.</summary>
internal sealed class TestConnector(params string[] privateHosts) : HttpConnector(privateHosts)
{
    /// <summary>What names lead to. A name that is not here is asked of the real resolver.</summary>
    public Dictionary<string, Func<IPAddress[]>> Names { get; } = [];

    /// <summary>Every name that was looked up.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>The control: every address is as good as any.</summary>
    public bool Unguarded { get; init; }

    public X509Certificate2Collection? Trusted { get; init; }

    protected internal override X509Certificate2Collection? Roots => Trusted;

    public TestConnector Name(string name, params string[] addresses)
    {
        Names[name] = () => [.. addresses.Select(IPAddress.Parse)];
        return this;
    }

    protected override Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        Asked.Enqueue(name);
        return Names.TryGetValue(name.TrimEnd('.'), out var addresses) ? Task.FromResult(addresses()) : base.ResolveAsync(name, cancellationToken);
    }

    protected override AddressKind KindOf(IPAddress address) =>
        Unguarded || address.Equals(IPAddress.Loopback) ? AddressKind.Public : base.KindOf(address);
}
