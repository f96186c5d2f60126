using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>Connections of plugins' own programs: the same grants, addresses and records as requests, TLS alone, and limits.</summary>
public sealed class ConnectTests : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly Canary _server;

    public ConnectTests() => _server = new Canary(_ => Canary.Ok(new string('x', 4096)), certificate: _certificate);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Origin => $"https://api.example.com:{_server.Port}/";

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Connect_GrantedOrigin_CarriesTlsAndIsRecorded()
    {
        var door = Door();
        Assert.Contains("xxxx", await AskAsync(await door.Channel().ConnectAsync(Origin, Token)), StringComparison.Ordinal);
        Assert.StartsWith("GET /secret HTTP/1.1", Assert.Single(_server.Requests), StringComparison.Ordinal);
        Assert.True(Assert.Single(door.Audit) is { Action: "http.connect", Allowed: true } record && record.Target == $"CONNECT {Origin}");
    }

    [Fact]
    public async Task Connect_OpenedOrDenied_IsMeasuredWithWhatWentThrough()
    {
        string plugin = $"p{Guid.NewGuid():n}";
        List<string> calls = [];
        long bytes = 0;
        using var meters = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == "Paddock") l.EnableMeasurementEvents(i); } };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => { if (IsOfPlugin(tags)) calls.Add($"{tags[1].Value} {tags[2].Value}"); });
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) => { if (IsOfPlugin(tags)) Interlocked.Add(ref bytes, value); });
        meters.Start();
        var door = Door();
        door.GrantTo(plugin, PermissionType.Http, Access.Execute, Origin.TrimEnd('/'));
        var channel = door.Door.Open(EffectDoor.Scope(plugin) with { AsksForHttp = true });
        await AskAsync(await channel.ConnectAsync(Origin, Token));
        Assert.Equal(["http.connect "], calls);
        // The answer alone has 4,096, and the other side's certificate comes on top.
        Assert.True(bytes > 4096, $"{bytes}");
        long before = bytes;
        Assert.Equal(ErrorCodes.PermissionDenied, (await channel.ConnectAsync("https://other.example.com/", Token)).Error?.Code);
        Assert.Equal(["http.connect ", "http.connect PERMISSION_DENIED"], calls);
        Assert.InRange(bytes - before, 1, 100);

        // Other tests run meanwhile, and are heard too.
        bool IsOfPlugin(ReadOnlySpan<KeyValuePair<string, object?>> tags) => Equals(tags[0].Value, "id-" + plugin);
    }

    [Theory]
    [InlineData("https://other.example.com:PORT/", ErrorCodes.PermissionDenied)]
    [InlineData("https://api.example.com:1/", ErrorCodes.PermissionDenied)]
    [InlineData("https://127.0.0.1:PORT/", ErrorCodes.PermissionDenied)]
    [InlineData("http://api.example.com:PORT/", ErrorCodes.InvalidArgument)]
    [InlineData("https://api.example.com:PORT/path", ErrorCodes.InvalidArgument)]
    [InlineData("https://api.example.com:PORT@127.0.0.1/", ErrorCodes.InvalidArgument)]
    [InlineData("https:///", ErrorCodes.InvalidArgument)]
    public async Task Connect_AnythingElse_IsDeniedAndRecorded(string origin, string code)
    {
        var door = Door();
        var refused = await door.Channel().ConnectAsync(origin.Replace("PORT", $"{_server.Port}", StringComparison.Ordinal), Token);
        Assert.Equal((code, null), (refused.Error?.Code, refused.Stream));
        Assert.True(Assert.Single(door.Audit) is { Action: "http.connect", Allowed: false } record && record.Code == code);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Connect_GrantOfClearTextAlone_IsDenied()
    {
        var door = Door(scope: $"http://api.example.com:{_server.Port}");
        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Channel().ConnectAsync(Origin, Token)).Error?.Code);
    }

    [Fact]
    public async Task T50_NameThatTurnsToAPrivateAddress_IsNotConnectedTo()
    {
        var inside = new Canary(_ => Canary.Ok("canary-inside"), "127.0.0.2", _server.Port, _certificate);
        await using var _ = inside;
        async Task<HostConnection> Second(bool unguarded)
        {
            int asked = 0;
            var connector = new TestConnector { Unguarded = unguarded };
            connector.Names["api.example.com"] = () => [IPAddress.Parse(asked++ == 0 ? "127.0.0.1" : "127.0.0.2")];
            var channel = Door(connector).Channel();
            (await channel.ConnectAsync(Origin, Token)).Stream!.Dispose();
            return await channel.ConnectAsync(Origin, Token);
        }

        Assert.Equal(ErrorCodes.PermissionDenied, (await Second(unguarded: false)).Error?.Code);
        Assert.Empty(inside.Requests);

        // Control: addresses not looked at.
        Assert.Contains("canary-inside", await AskAsync(await Second(unguarded: true)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_OtherProtocolThanTls_SendsNothing()
    {
        await using var plain = new Canary(_ => Canary.Ok("plain"));
        var door = Door(scope: $"https://api.example.com:{plain.Port}");
        await using var opened = (await door.Channel().ConnectAsync($"https://api.example.com:{plain.Port}/", Token)).Stream!;
        await Assert.ThrowsAsync<IOException>(async () => await opened.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token));
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task T60_RevokedWhileItIsOpen_Ends()
    {
        var door = Door();
        await using var secure = await SecureAsync(await door.Channel().ConnectAsync(Origin, Token));
        door.Revoke();
        await Assert.ThrowsAsync<IOException>(async () => await secure.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task T59_MoreBytesThanItMayCarry_Ends()
    {
        var opened = await Door(options: new HttpFunctionOptions { ConnectionBytes = 3000 }).Channel().ConnectAsync(Origin, Token);
        await Assert.ThrowsAsync<IOException>(() => AskAsync(opened));
    }

    [Fact]
    public async Task Connect_MoreAtATimeThanItMay_WaitForTheirTurn()
    {
        var channel = Door(options: new HttpFunctionOptions { Connections = 1 }).Channel();
        var first = await channel.ConnectAsync(Origin, Token);
        var second = channel.ConnectAsync(Origin, Token).AsTask();
        Assert.False(second.IsCompleted);
        first.Stream!.Dispose();
        Assert.NotNull((await second).Stream);
        (await second).Stream!.Dispose();
    }

    [Fact]
    public async Task Connect_ByItsNameFromAGuest_IsUnknown() => Assert.Equal(ErrorCodes.UnknownHostFunction, await Door().Code("http.connect", new { url = Origin }));

    [Fact]
    public async Task Connect_PluginThatIsOver_IsRefused() =>
        Assert.Equal(ErrorCodes.HostCallRefused, (await ((IHostChannel)RefusingHostChannel.Instance).ConnectAsync(Origin, Token)).Error?.Code);

    [Fact]
    public async Task Request_RedirectManual_IsTheAnswer()
    {
        await using var server = new Canary(_ => Canary.Redirect("http://127.0.0.2/"));
        var door = Door(scope: $"api.example.com:{server.Port}");
        var answer = await door.Value("http.request", new { url = $"http://api.example.com:{server.Port}/", redirect = "manual" });
        Assert.Equal((302, "http://127.0.0.2/"), (answer.GetProperty("status").GetInt32(), answer.GetProperty("headers").GetProperty("location").GetString()));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("http.request", new { url = $"http://api.example.com:{server.Port}/", redirect = "error" }));
    }

    private EffectDoor Door(TestConnector? connector = null, string? scope = null, HttpFunctionOptions? options = null)
    {
        connector ??= new TestConnector().Name("api.example.com", "127.0.0.1").Name("other.example.com", "127.0.0.1");
        return new EffectDoor(new HttpFunctionGroup(null, options ?? new HttpFunctionOptions(), connector)).Grant(PermissionType.Http, Access.Execute, scope ?? $"https://api.example.com:{_server.Port}");
    }

    private async Task<string> AskAsync(HostConnection opened)
    {
        await using var secure = await SecureAsync(opened);
        await secure.WriteAsync("GET /secret HTTP/1.1\r\n\r\n"u8.ToArray(), Token);
        using var reader = new StreamReader(secure, Encoding.ASCII);
        return await reader.ReadToEndAsync(Token);
    }

    private async Task<SslStream> SecureAsync(HostConnection opened)
    {
        Assert.True(opened.Error is null, opened.Error?.ToString());
        var secure = new SslStream(opened.Stream!, false, (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString());
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "api.example.com" }, Token);
        return secure;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.example.com", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
