using Dapper;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Store;

public sealed class TokenTests : IAsyncDisposable
{
    private readonly HostFixture _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ITokenStore Tokens => _host.Get<ITokenStore>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task FirstTokens_AreMadeOnce_AndAuthenticate()
    {
        var first = (await Tokens.EnsureFirstTokensAsync(Ct))!;
        Assert.StartsWith("pdk_author_", first.Author, StringComparison.Ordinal);
        Assert.StartsWith("pdk_operator_", first.Operator, StringComparison.Ordinal);
        Assert.Equal(43, first.Author["pdk_author_".Length..].Length);
        Assert.Null(await Tokens.EnsureFirstTokensAsync(Ct));
        await _host.RestartAsync();
        Assert.Null(await Tokens.EnsureFirstTokensAsync(Ct));
        Assert.Equal(PrincipalRole.Author, (await Tokens.AuthenticateAsync(first.Author, Ct))!.Role);
        Assert.Equal((PrincipalRole.Operator, "default"), (await Tokens.AuthenticateAsync(first.Operator, Ct) is { } p ? (p.Role, p.Tenant) : default));
    }

    [Fact]
    public async Task FirstTokens_AskedForAtOnce_AreMadeOnce() =>
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Tokens.EnsureFirstTokensAsync(Ct).AsTask())), t => t is not null);

    [Fact]
    public async Task Authenticate_AnythingElse_IsNobody()
    {
        string token = await Tokens.CreateAsync(HostFixture.OtherTenant, Ct);
        Assert.Equal(HostFixture.OtherTenant, await Tokens.AuthenticateAsync(token, Ct));
        foreach (string other in new[] { "", " ", token[..^1], token + "A", token.ToUpperInvariant(), "pdk_operator_", "' OR 1=1 --", "\0", "\ud800", new string('x', 1 << 20) })
            Assert.Null(await Tokens.AuthenticateAsync(other, Ct));
    }

    [Fact]
    public async Task Tokens_AreNowhereInTheDatabase()
    {
        string token = await Tokens.CreateAsync(HostFixture.Author, Ct);
        byte[] hash = _host.Database.Read(c => c.QuerySingle<byte[]>("SELECT hash FROM tokens"));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)), hash);
    }
}
