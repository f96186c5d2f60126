using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>
/// Attacks on http.request. 127.0.0.1 stands for the internet (<see cref="TestConnector"/>); what listens at 127.0.0.2, on the same port,
/// is the service inside that no plugin was granted. A control lifts the one defence, and the same payload gets there.
/// </summary>
public sealed class HttpThreats : IAsyncDisposable
{
    private readonly Canary _inside;
    private readonly Canary _outside;
    private Func<string, string> _outsideSays = _ => Canary.Ok("outside");

    public HttpThreats()
    {
        _outside = new Canary(r => _outsideSays(r));
        _inside = new Canary(_ => Canary.Ok("canary-inside"), "127.0.0.2", _outside.Port);
    }

    private int Port => _outside.Port;

    public async ValueTask DisposeAsync()
    {
        await _outside.DisposeAsync();
        await _inside.DisposeAsync();
    }

    private EffectDoor Door(TestConnector connector, HttpFunctionOptions? options = null, params string[] scope)
    {
        connector.Name("api.example.com", "127.0.0.1");
        var door = new EffectDoor(new HttpFunctionGroup(null, options ?? new HttpFunctionOptions(), connector));
        door.Grant(PermissionType.Http, Access.Execute, scope.Length > 0 ? scope : [$"*:{Port}"]);
        return door.GrantTo("neighbour", PermissionType.Http, Access.Execute, $"api.example.com:{Port}");
    }

    private async Task Contained(EffectDoor door)
    {
        Assert.Empty(_inside.Requests);
        Assert.Contains(door.Audit, r => r.Code == ErrorCodes.PermissionDenied);
        _outsideSays = _ => Canary.Ok("outside");
        Assert.Null((await door.Call(EffectDoor.Scope("neighbour"), "http.request", new { url = $"http://api.example.com:{Port}/" })).Error);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("::ffff:127.0.0.2")]
    [InlineData("127.0.0.2", "10.0.0.1")]
    public async Task T50_NameThatTurnsToAPrivateAddress_ReachesNothing(params string[] then)
    {
        // Public while it is looked at, private a moment later: the second answer is never connected to, however it is reached.
        TestConnector Rebinding(bool unguarded)
        {
            var asked = 0;
            var connector = new TestConnector { Unguarded = unguarded };
            connector.Names["rebind.example.com"] = () => asked++ == 0 ? [IPAddress.Loopback] : [.. then.Select(IPAddress.Parse)];
            return connector;
        }

        var connector = Rebinding(unguarded: false);
        var door = Door(connector);
        var payload = new { url = $"http://rebind.example.com:{Port}/" };
        Assert.Equal("outside", (await door.Value("http.request", payload)).GetProperty("body").GetString());
        Assert.Single(connector.Asked);
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", payload));
        await Contained(door);

        // Control: the same name, addresses not looked at.
        door = Door(Rebinding(unguarded: true));
        await door.Call("http.request", payload);
        Assert.Equal("canary-inside", (await door.Value("http.request", payload)).GetProperty("body").GetString());
    }

    [Fact]
    public async Task T50_PublicAndPrivateAddressesAtOnce_OnlyThePublicOneIsConnectedTo()
    {
        var door = Door(new TestConnector().Name("both.example.com", "127.0.0.2", "169.254.169.254", "127.0.0.1"));
        for (var i = 0; i < 5; i++)
            Assert.Equal("outside", (await door.Value("http.request", new { url = $"http://both.example.com:{Port}/" })).GetProperty("body").GetString());
        Assert.Empty(_inside.Requests);

        door = Door(new TestConnector { Unguarded = true }.Name("both.example.com", "127.0.0.2", "169.254.169.254", "127.0.0.1"));
        await door.Value("http.request", new { url = $"http://both.example.com:{Port}/" });
        Assert.Single(_inside.Requests);
    }

    [Theory]
    [InlineData("http://127.0.0.2:PORT/")]
    [InlineData("http://2130706434:PORT/")]
    [InlineData("http://0x7f000002:PORT/")]
    [InlineData("//127.0.0.2:PORT/")]
    [InlineData("http://inside.example.com:PORT/")]
    public async Task T51_RedirectInside_IsNotFollowed(string location)
    {
        location = location.Replace("PORT", $"{Port}", StringComparison.Ordinal);
        _outsideSays = _ => Canary.Redirect(location);
        var payload = new { url = $"http://api.example.com:{Port}/" };
        var door = Door(new TestConnector().Name("inside.example.com", "127.0.0.2"));
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", payload));
        await Contained(door);

        // Control: the address granted, or not looked at.
        _outsideSays = _ => Canary.Redirect(location);
        door = Door(new TestConnector { Unguarded = true }.Name("inside.example.com", "127.0.0.2"), null, $"*:{Port}", $"127.0.0.2:{Port}");
        Assert.Equal("canary-inside", (await door.Value("http.request", payload)).GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("\\\\127.0.0.2:PORT/")]
    [InlineData("/\\127.0.0.2:PORT/")]
    [InlineData("http:\\\\127.0.0.2:PORT/")]
    [InlineData("http://user@127.0.0.2:PORT/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    [InlineData("http://")]
    public async Task T51_RedirectThatClientsReadDifferently_LeadsNowhereInside(string location)
    {
        _outsideSays = r => r.StartsWith("GET / ", StringComparison.Ordinal) ? Canary.Redirect(location.Replace("PORT", $"{Port}", StringComparison.Ordinal)) : Canary.Ok("outside");
        var reply = await Door(new TestConnector { Unguarded = true }).Call("http.request", new { url = $"http://api.example.com:{Port}/" });
        Assert.DoesNotContain("root:", Encoding.UTF8.GetString(reply.Value.Span), StringComparison.Ordinal);
        Assert.Empty(_inside.Requests);
    }

    /// <summary>Payloads, and whether a client that reads URLs as .NET does gets inside by them.</summary>
    public static TheoryData<string, bool> Disguises => new()
    {
        { "http://127.0.0.2:PORT/", true },
        { "http://2130706434:PORT/", true },
        { "http://0x7f000002:PORT/", true },
        { "http://0x7f.0.0.2:PORT/", true },
        { "http://0177.0.0.2:PORT/", true },
        { "http://127.2:PORT/", true },
        { "http://127.0.2:PORT/", true },
        { "http://[::ffff:127.0.0.2]:PORT/", true },
        { "http://[::ffff:7f00:2]:PORT/", true },
        { "http://api.example.com@127.0.0.2:PORT/", true },
        { "http://api.example.com:80@127.0.0.2:PORT/", true },
        { "http://127.0.0.2:PORT\\@api.example.com/", false },
        { "http:\\\\127.0.0.2:PORT\\", false },
        { " http://127.0.0.2:PORT/", true },
        { "http://127.0.0.2:PORT/#@api.example.com", true },
        { "http://127.0.0.2:PORT/?@api.example.com", true },
        { "http://127.0.0.2.:PORT/", false },
        { "http://api.example.com%00@127.0.0.2:PORT/", false },
        { "http://\uFF11\uFF12\uFF17.0.0.2:PORT/", false },
        { "http://127\u30020\u30020\u30022:PORT/", false },
        { "http://[::127.0.0.2]:PORT/", false },
        { "http://[fe80::1%25lo]:PORT/", false },
        { "http://[2002:7f00:2::]:PORT/", false },
        { "http://169.254.169.254/latest/meta-data/", false },
        { "http://[fd00:ec2::254]/latest/meta-data/", false },
        { "http://metadata.google.internal:PORT/", false },
        { "http://inside.example.com:PORT/", false },
        { "http://inside.example.com.:PORT/", false },
    };

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task T52_AddressInDisguise_ReachesNothing(string url, bool reachesUnguarded)
    {
        url = url.Replace("PORT", $"{Port}", StringComparison.Ordinal);
        var door = Door(new TestConnector().Name("inside.example.com", "127.0.0.2").Name("metadata.google.internal", "169.254.169.254"), null,
            "*", $"*:{Port}", $"api.example.com:{Port}", "api.example.com", $"*.example.com:{Port}");
        var code = await door.Code("http.request", new { url });
        Assert.True(code is ErrorCodes.PermissionDenied or ErrorCodes.InvalidArgument, code);
        Assert.Empty(_inside.Requests);
        Assert.Contains(door.Audit, r => r.Code == code);

        // Control: the same text given to a client that asks nobody.
        if (!reachesUnguarded) return;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal("canary-inside", await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task T52_PrivateByName_OnlyWhereItWasNamed()
    {
        // A grant of the very address, localhost by its name, and a host of the options' list; the last by grant as well as by list.
        var door = Door(new TestConnector("wiki.example.com").Name("wiki.example.com", "127.0.0.2").Name("meta.example.com", "169.254.169.254").Name("localhost", "127.0.0.2"),
            null, $"127.0.0.2:{Port}", $"*.example.com:{Port}", $"localhost:{Port}");
        foreach (var host in new[] { "127.0.0.2", "wiki.example.com", "localhost" })
            Assert.Null(await door.Code("http.request", new { url = $"http://{host}:{Port}/" }));
        door = Door(new TestConnector("meta.example.com", "wiki.example.com:1").Name("wiki.example.com", "127.0.0.2").Name("meta.example.com", "169.254.169.254"));
        foreach (var host in new[] { "wiki.example.com", "meta.example.com" })
            Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", new { url = $"http://{host}:{Port}/" }));
        Assert.Throws<ArgumentException>(() => HostFunctions.Http(null, new HttpFunctionOptions { PrivateHosts = ["*.corp"] }));
    }

    [Fact]
    public async Task T52_Certificate_ThatNamesAnAddressInside_FetchesNothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.example.com", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [$"http://127.0.0.2:{Port}/issuer.cer"]));
        using var issuer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bare = request.Create(new X500DistinguishedName("CN=Nobody"), X509SignatureGenerator.CreateForECDsa(issuer), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), [1]);
        using var certificate = bare.CopyWithPrivateKey(key);
        await using var tls = new Canary(_ => Canary.Ok("x"), certificate: certificate);
        var door = Door(new TestConnector(), null, $"https://api.example.com:{tls.Port}");
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("http.request", new { url = $"https://api.example.com:{tls.Port}/" }));
        Assert.Empty(tls.Requests);
        Assert.Empty(_inside.Requests);

        // Control: a chain built as it is by default.
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.False(chain.Build(certificate));
        Assert.NotEmpty(_inside.Requests);
    }

    [Fact]
    public async Task T52_HttpsWithATrustedCertificate_Answers_AndAnotherNamesIsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("api.example.com");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var tls = new Canary(_ => Canary.Ok("secure"), certificate: certificate);
        var connector = new TestConnector { Trusted = [certificate] }.Name("www.example.com", "127.0.0.1");
        var door = Door(connector, null, $"https://api.example.com:{tls.Port}", $"https://www.example.com:{tls.Port}");
        Assert.Equal("secure", (await door.Value("http.request", new { url = $"https://api.example.com.:{tls.Port}/" })).GetProperty("body").GetString());
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("http.request", new { url = $"https://www.example.com:{tls.Port}/" }));
    }

    public static TheoryData<string, string> ForbiddenHeaders => new()
    {
        { "X-A", "1\r\nX-Injected: 1" }, { "X-A", "1\nX-Injected: 1" }, { "X-A", "1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: inside" }, { "X-A\r\nX-Injected", "1" },
        { "X-A: 1\r\nX-Injected", "1" }, { "X-A", "\0" }, { "X-A", "\u010D\u010A" }, { "X-A", "é" }, { "X A", "1" }, { "", "1" },
        { "Host", "inside" }, { "hOST", "inside" }, { "Connection", "close, X-Api" }, { "Transfer-Encoding", "chunked" }, { "Content-Length", "0" }, { "TE", "trailers" },
        { "Upgrade", "h2c" }, { "Expect", "100-continue" }, { "Cookie", "a=b" }, { "Proxy-Authorization", "Basic x" }, { "X-Forwarded-For", "127.0.0.1" },
        { "X-Forwarded-Host", "inside" }, { "X-Real-IP", "127.0.0.1" }, { "Forwarded", "for=127.0.0.1" }, { "X-HTTP-Method-Override", "DELETE" }, { "Accept-Encoding", "identity" },
    };

    [Theory]
    [MemberData(nameof(ForbiddenHeaders))]
    public async Task T53_HeaderThatBreaksOutOrIsTheHosts_IsNeverSent(string name, string value)
    {
        var door = Door(new TestConnector());
        var headers = new Dictionary<string, string> { [name] = value };
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("http.request", new { url = $"http://api.example.com:{Port}/", headers }));
        Assert.Empty(_outside.Requests);
        Assert.Equal(ErrorCodes.InvalidArgument, door.Audit[^1].Code);

        // Control: written out as it is, it arrives.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\n{name}: {value}\r\nX-End: 1\r\n\r\n"), TestContext.Current.CancellationToken);
        await new StreamReader(client.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains(Encoding.Latin1.GetString(Encoding.Latin1.GetBytes($"{name}: {value}")), Assert.Single(_outside.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T53_ProxyOfTheEnvironment_IsNotUsed()
    {
        // A proxy connects to what it finds, without our checks. The control is a client as it is by default.
        var before = HttpClient.DefaultProxy;
        try
        {
            HttpClient.DefaultProxy = new WebProxy($"http://127.0.0.2:{Port}");
            var door = Door(new TestConnector());
            var url = $"http://api.example.com:{Port}/";
            Assert.Equal("outside", (await door.Value("http.request", new { url })).GetProperty("body").GetString());
            Assert.Empty(_inside.Requests);
            using var client = new HttpClient();
            Assert.Equal("canary-inside", await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }
}
