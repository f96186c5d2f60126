using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>The first line of a program.</summary>
public sealed class HandshakeTests
{
    private static readonly HashSet<int> s_offered = [1, 3];

    [Theory]
    [InlineData("1|1|unix|/sockets/a", 1, "NetRpc")]
    [InlineData("1|3|unix|/sockets/a|netrpc|", 3, "NetRpc")]
    [InlineData("1|3|unix|/sockets/a|grpc|", 3, "Grpc")]
    [InlineData("1|3|unix|/sockets/a|grpc||true", 3, "Grpc")]
    public void Parse_VersionThatWasOffered_IsTaken(string line, int version, string protocol)
    {
        var handshake = Handshake.Parse(line, s_offered);
        Assert.Equal((version, protocol, "/sockets/a"), (handshake.Version, handshake.Protocol.ToString(), handshake.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1|1|unix")]
    [InlineData("2|1|unix|/sockets/a|netrpc|")]
    [InlineData("1|2|unix|/sockets/a|netrpc|")]
    [InlineData("1|-1|unix|/sockets/a|netrpc|")]
    [InlineData("1| 1|unix|/sockets/a|netrpc|")]
    [InlineData("1|1|tcp|127.0.0.1:22|netrpc|")]
    [InlineData("1|1|unix|/sockets/a|http|")]
    [InlineData("1|1|unix|/sockets/a|grpc||true|more")]
    public void T40_Parse_AnythingElse_IsRefused(string line) => Assert.Throws<ProtocolException>(() => Handshake.Parse(line, s_offered));
}
