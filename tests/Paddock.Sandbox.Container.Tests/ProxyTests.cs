using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.HostApi.Files;
using Paddock.HostApi.Http;
using Paddock.HostApi.Tests.Effects;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Protocol;

namespace Paddock;

/// <summary>
/// HTTP of programs in containers that have no network: ordinary code, the host's own door, 127.0.0.1 for the internet
/// (<see cref="TestConnector"/>) and 127.0.0.2 for what is inside.
/// </summary>
public abstract class ProxyTests(EngineFixture engines) : IAsyncLifetime
{
    private const string Ask = """
        import json, os, sys, urllib.error, urllib.request
        def ask(url, data=None):
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer: return answer.read().decode()
            except urllib.error.HTTPError as e: return '%d %s' % (e.code, e.read().decode().split(':')[0])
            except OSError as e: return str(e)

        """;

    private const string AskNode = """
        const http = require('http'), https = require('https'), net = require('net');
        const text = (m, url) => new Promise((done) => m.get(url, (r) => { let all = ''; r.on('data', (d) => all += d); r.on('end', () => done(r.statusCode + ' ' + all.split(':')[0])); }).on('error', (e) => done(e.code || e.message)));
        const ask = (url) => text(url.startsWith('https:') ? https : http, url);
        const fetched = (url, options) => fetch(url, options).then(async (r) => r.status + ' ' + (await r.text()).split(':')[0], (e) => e.cause?.code || e.message);
        // As programs do that know HTTP_PROXY.
        const proxied = (url) => new Promise((done) => {
          const proxy = new URL(process.env.HTTP_PROXY), socket = net.connect(proxy.port, proxy.hostname, () => socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`));
          let all = ''; socket.on('data', (d) => all += d); socket.on('end', () => done(all.split('\r\n\r\n')[1])); socket.on('error', (e) => done(e.code));
        });

        """;

    private readonly X509Certificate2 _certificate = Certificate();
    private Canary _outside = null!, _secure = null!, _inside = null!;
    private Func<string, string> _says = _ => Canary.Ok("outside");
    private string _authorities = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Plain => $"http://api.example.com:{_outside.Port}/path?q=1";

    private string Secure => $"https://api.example.com:{_secure.Port}/path?q=1";

    public ValueTask InitializeAsync()
    {
        _outside = new Canary(r => _says(r));
        _secure = new Canary(_ => Canary.Ok("secure"), certificate: _certificate);
        _inside = new Canary(_ => Canary.Ok("canary-inside"), "127.0.0.2", _outside.Port);
        _authorities = Path.Combine(engines.Root, $"ca-{Guid.NewGuid():n}.pem");
        File.WriteAllText(_authorities, _certificate.ExportCertificatePem());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _outside.DisposeAsync();
        await _secure.DisposeAsync();
        await _inside.DisposeAsync();
        _certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task OneShot_PythonWithUrllib_AsksInTheClearAndOverTls()
    {
        var door = Door();
        using var said = await PythonAsync(door, $"print(json.dumps([ask('{Plain}'), ask('{Plain}', b'body'), ask('{Secure}')]))");
        Assert.Equal("""["outside", "outside", "secure"]""", said.RootElement.GetRawText());
        Assert.Contains(_outside.Requests, r => r.StartsWith("POST /path?q=1 HTTP/1.1\r\n", StringComparison.Ordinal) && r.EndsWith("\r\n\r\nbody", StringComparison.Ordinal));
        Assert.Equal(["http.request", "http.request", "http.connect"], door.Audit.Select(r => r.Action));
        Assert.All(door.Audit, r => Assert.True(r.Allowed));
    }

    [Fact]
    public async Task OneShot_NodesOwnClients_AskInTheClearAndOverTls()
    {
        var door = Door();
        using var said = await NodeAsync(door, $"(async () => console.log(JSON.stringify([await ask('{Plain}'), await ask('{Secure}'), await fetched('{Plain}'), await fetched('{Secure}'), await fetched('{Plain}', {{ method: 'POST', body: 'body' }}), await proxied('{Plain}')])))()");
        Assert.Equal("""["200 outside","200 secure","200 outside","200 secure","200 outside","outside"]""", said.RootElement.GetRawText());
        Assert.All(door.Audit, r => Assert.True(r.Allowed));
    }

    [Theory]
    [InlineData(PluginRuntime.Python, "def run(urls): return [ask(u) for u in urls]", """["outside","secure"]""")]
    [InlineData(PluginRuntime.Node, "module.exports = (c) => Promise.all(c.input.urls.map((u) => fetched(u)))", """["200 outside","200 secure"]""")]
    public async Task Warm_OrdinaryCode_AsksAsInOneShot(PluginRuntime runtime, string source, string expected)
    {
        var door = Door();
        await using var bench = await OpenAsync(Specs.Speaking(runtime, (runtime == PluginRuntime.Python ? Ask : AskNode) + source));
        for (int i = 0; i < 3; i++) Assert.Equal(expected, await CallAsync(bench, door.Channel(), new { urls = (string[])[Plain, Secure] }));
        Assert.Equal(6, door.Audit.Count);
    }

    [Fact]
    public async Task OneShot_WithoutAGrantOrWithoutAsking_HasNoSocketAndNoVariable()
    {
        const string Look = "import json, os\nprint(json.dumps([os.path.exists('/paddock'), [k for k in os.environ if 'proxy' in k.lower()]]))";
        var granted = Door();
        var revoked = Door();
        revoked.Revoke();
        foreach (var channel in (IHostChannel[])[revoked.Channel(), granted.Channel(http: false)])
        {
            using var seen = await OneShotAsync(channel, Specs.Python(Look));
            Assert.Equal("[false, []]", seen.RootElement.GetRawText());
        }

        // Control: asked for, and granted.
        using var has = await OneShotAsync(granted.Channel(), Specs.Python(Look));
        Assert.True(has.RootElement[0].GetBoolean());
        Assert.Equal(4, has.RootElement[1].GetArrayLength());
    }

    [Fact]
    public async Task T50_NameThatTurnsToAPrivateAddress_ReachesNothing()
    {
        TestConnector Rebinding(bool unguarded)
        {
            int asked = 0;
            var connector = new TestConnector { Unguarded = unguarded };
            connector.Names["api.example.com"] = () => [IPAddress.Parse(asked++ == 0 ? "127.0.0.1" : "127.0.0.2")];
            return connector;
        }

        string twice = $"print(json.dumps([ask('{Plain}'), ask('{Plain}')]))";
        using var said = await PythonAsync(Door(Rebinding(false)), twice.Replace("]))", $", ask('https://api.example.com:{_outside.Port}/')]))", StringComparison.Ordinal));
        Assert.Equal(("outside", "403 PERMISSION_DENIED"), (said.RootElement[0].GetString(), said.RootElement[1].GetString()));
        Assert.Contains("403", said.RootElement[2].GetString(), StringComparison.Ordinal);
        Assert.Empty(_inside.Requests);

        // Control: addresses not looked at.
        using var unguarded = await PythonAsync(Door(Rebinding(true)), twice);
        Assert.Equal("canary-inside", unguarded.RootElement[1].GetString());
    }

    [Fact]
    public async Task T51_RedirectInside_IsTheProgramsOwnNextRequestAndDenied()
    {
        _says = _ => Canary.Redirect($"http://127.0.0.2:{_outside.Port}/");
        var door = Door();
        using var said = await PythonAsync(door, $"print(json.dumps(ask('{Plain}')))");
        Assert.Equal("403 PERMISSION_DENIED", said.RootElement.GetString());
        Assert.Empty(_inside.Requests);
        Assert.Equal([true, false], door.Audit.Select(r => r.Allowed));

        // Control: it is granted too.
        door = Door();
        door.Grant(PermissionType.Http, Access.Execute, $"http://127.0.0.2:{_outside.Port}");
        using var followed = await PythonAsync(door, $"print(json.dumps(ask('{Plain}')))");
        Assert.Equal("canary-inside", followed.RootElement.GetString());
    }

    [Fact]
    public async Task T52_AddressesInDisguise_AreDenied()
    {
        string[] hosts = ["127.0.0.2", "2130706434", "0x7f000002", "0177.0.0.2", "127.2", "[::ffff:127.0.0.2]", "api.example.com@127.0.0.2", "inside.example.com", "169.254.169.254"];
        string all = "import socket\ndef raw(text):\n    s = socket.create_connection(('127.0.0.1', 3128)); s.sendall(text.encode()); return s.makefile('rb').readline().decode().split(' ')[1]\n";
        all += "print(json.dumps([(raw('GET http://%s:PORT/ HTTP/1.1\\r\\n\\r\\n' % h), raw('CONNECT %s:PORT HTTP/1.1\\r\\n\\r\\n' % h)) for h in HOSTS]))".Replace("PORT", $"{_outside.Port}", StringComparison.Ordinal).Replace("HOSTS", JsonSerializer.Serialize(hosts), StringComparison.Ordinal);
        using var said = await PythonAsync(Door(new TestConnector().Name("api.example.com", "127.0.0.1").Name("inside.example.com", "127.0.0.2"), "*", $"*:{_outside.Port}"), all);
        foreach (var pair in said.RootElement.EnumerateArray()) Assert.All(pair.EnumerateArray(), status => Assert.Contains(status.GetString(), (string[])["400", "403"]));
        Assert.Empty(_inside.Requests);

        // Control: the same lines, the address granted by its name.
        using var granted = await PythonAsync(Door(scope: $"127.0.0.2:{_outside.Port}"), all);
        Assert.Equal(["200", "200"], granted.RootElement[0].EnumerateArray().Select(s => s.GetString()!));
    }

    [Fact]
    public async Task T71_GrantOfHttp_IsNoNetwork()
    {
        const string Source = """
            import errno, json, os, socket, stat
            def attempt(f):
                try: f(); return 'sent'
                except OSError as e: return errno.errorcode.get(e.errno, type(e).__name__) if e.errno and e.errno > 0 else type(e).__name__
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            print(json.dumps([
                attempt(lambda: udp.sendto(b'CANARY_PROXIED', ('192.0.2.53', 53))),
                attempt(lambda: socket.create_connection(('192.0.2.1', 80), 2)),
                attempt(lambda: socket.create_connection(('127.0.0.1', OUTSIDE), 2)),
                attempt(lambda: socket.getaddrinfo('api.example.com', 80)),
                [os.path.join(d, n) for top in ('/run', '/var', '/tmp', '/app', '/paddock') for d, _, names in os.walk(top) for n in names if stat.S_ISSOCK(os.lstat(os.path.join(d, n)).st_mode)],
                attempt(lambda: open('/paddock/proxy2', 'w')),
            ]))
            """;
        using var capture = new PacketCapture("CANARY_PROXIED");
        using var tried = await OneShotAsync(Door().Channel(), Specs.Python(Source.Replace("OUTSIDE", $"{_outside.Port}", StringComparison.Ordinal)));
        Assert.Equal("""["ENETUNREACH", "ENETUNREACH", "ECONNREFUSED", "gaierror", ["/paddock/proxy"], "EROFS"]""", tried.RootElement.GetRawText());
        Assert.False(capture.Saw());
        Assert.Empty(_outside.Requests);
    }

    [Fact]
    public async Task T35_AskedBetweenTwoCalls_IsRefused()
    {
        string shared = Directory.CreateTempSubdirectory("paddock-between-").FullName;
        File.SetUnixFileMode(shared, (UnixFileMode)0b111_111_111);
        string source = Ask + $$"""
            import threading, time
            def later():
                while not os.path.exists('{{shared}}/go'): time.sleep(0.005)
                answer = ask('{{Plain}}')
                open('{{shared}}/part', 'w').write(answer)
                os.rename('{{shared}}/part', '{{shared}}/answer')
            def run():
                threading.Thread(target=later, daemon=True).start()
                return ask('{{Plain}}')
            """;
        try
        {
            var door = Door().Grant(PermissionType.Files, Access.Read | Access.Write, shared);
            await using var bench = await OpenAsync(Specs.Speaking(PluginRuntime.Python, source));
            // During a call it is served: that is the control.
            Assert.Equal("\"outside\"", await CallAsync(bench, door.Channel(), new { }));
            File.WriteAllText(Path.Combine(shared, "go"), "");
            while (!File.Exists(Path.Combine(shared, "answer"))) await Task.Delay(10, Token);
            Assert.StartsWith("503", File.ReadAllText(Path.Combine(shared, "answer")), StringComparison.Ordinal);
            Assert.Single(_outside.Requests);
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    [Fact]
    public async Task T60_RevokedBetweenTwoCalls_HasNoSocketAtTheNext()
    {
        var door = Door();
        await using var bench = await OpenAsync(Specs.Speaking(PluginRuntime.Python, Ask + $"def run(): return [ask('{Plain}'), os.path.exists('/paddock')]"));
        Assert.Equal("""["outside",true]""", await CallAsync(bench, door.Channel(), new { }));
        door.Revoke();
        string after = await CallAsync(bench, door.Channel(), new { });
        Assert.EndsWith(",false]", after, StringComparison.Ordinal);
        Assert.Single(_outside.Requests);
    }

    [Fact]
    public async Task Call_ThatEnds_LeavesNoDirectoryOfItsProxy()
    {
        using (await PythonAsync(Door(), "print(1)"))
        {
            Assert.Empty(Directory.EnumerateDirectories(engines.Options("proxy").StateDirectory, "http-*"));
        }
    }

    [Fact]
    public async Task OneShot_MoreThanItsCallMayAsk_IsRefusedBeforeTheDoor()
    {
        var door = Door();
        var spec = Specs.Python(Ask + $"print(json.dumps([ask('{Plain}') for _ in range(4)]))");
        using var said = await OneShotAsync(door.Channel(), spec with { Limits = spec.Limits with { HostCalls = 2 } });
        Assert.Equal("""["outside", "outside", "429 HOST_CALL_LIMIT", "429 HOST_CALL_LIMIT"]""", said.RootElement.GetRawText());
        Assert.Equal(2, door.Audit.Count);
    }

    [Fact]
    public async Task T53_FloodOfWhatIsNoRequest_IsDeniedAndRecordedUpToTheCallsLimit()
    {
        const string Flood = """
            import json, socket
            def raw(text):
                s = socket.create_connection(('127.0.0.1', 3128))
                s.sendall(text.encode())
                s.shutdown(socket.SHUT_WR)
                return s.makefile('rb').readline().decode().split(' ')[1]
            print(json.dumps([raw('GET  / HTTP/1.1\r\n\r\n'), raw('CONNECT api.example.com:443 HTTP/1.1\r\n\r\nearly'), raw('POST URL HTTP/1.1\r\nContent-Length: 4194305\r\n\r\n')]
                + [raw('\r') for _ in range(97)]))
            """;
        var door = Door();
        var spec = Specs.Python(Flood.Replace("URL", Plain, StringComparison.Ordinal));
        using var said = await OneShotAsync(door.Channel(), spec with { Limits = spec.Limits with { HostCalls = 5 } });
        Assert.Equal(["400", "400", "413", "400", "400", .. Enumerable.Repeat("429", 95)], said.RootElement.EnumerateArray().Select(s => s.GetString()!));
        Assert.Equal(5, door.Audit.Count);
        Assert.All(door.Audit, r => Assert.Equal(("http.request", false, ErrorCodes.InvalidArgument), (r.Action, r.Allowed, r.Code)));

        // Control: a higher limit of the call, more records.
        door = Door();
        using var more = await OneShotAsync(door.Channel(), spec);
        Assert.Equal(100, door.Audit.Count);
        Assert.Empty(_outside.Requests);
    }

    [Fact]
    public async Task OneShot_ManyConnectionsAtOnce_AreAllServedInTheirTurn()
    {
        using var said = await PythonAsync(Door(), $"from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(40) as pool: print(json.dumps([sorted(set(pool.map(ask, ['{Plain}'] * 80)))]))");
        Assert.Equal("""[["outside"]]""", said.RootElement.GetRawText());
    }

    private EffectDoor Door(TestConnector? connector = null, params string[] scope)
    {
        var door = new EffectDoor(TimeProvider.System, new GrantableRoots([]), new HttpFunctionGroup(null, new HttpFunctionOptions(), connector ?? new TestConnector().Name("api.example.com", "127.0.0.1")));
        return door.Grant(PermissionType.Http, Access.Execute, scope.Length > 0 ? scope : [$"api.example.com:{_outside.Port}", $"api.example.com:{_secure.Port}"]);
    }

    private Task<Bench> OpenAsync(SandboxSpec spec) =>
        Bench.OpenAsync(engines, spec, "proxy", o => o with { PluginAuthorities = _authorities, Pool = new ProtocolOptions { Processes = 1 } });

    private Task<JsonDocument> PythonAsync(EffectDoor door, string source) => OneShotAsync(door.Channel(), Specs.Python(Ask + source));

    private Task<JsonDocument> NodeAsync(EffectDoor door, string source) => OneShotAsync(door.Channel(), Specs.Node(AskNode + source));

    /// <summary>What a one-shot program printed.</summary>
    private async Task<JsonDocument> OneShotAsync(IHostChannel channel, SandboxSpec spec)
    {
        await using var bench = await OpenAsync(spec);
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, channel, Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        var value = JsonElement.Parse(result.Value.Span);
        Assert.Equal(("", 0), (value.GetProperty("stderr").GetString(), value.GetProperty("exitCode").GetInt32()));
        return JsonDocument.Parse(value.GetProperty("stdout").GetString()!);
    }

    private static async Task<string> CallAsync(Bench bench, IHostChannel channel, object input)
    {
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = JsonSerializer.SerializeToUtf8Bytes(input) }, channel, Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    // Its own issuer, for long: what clients of TLS agree on.
    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.example.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("api.example.com");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}

[Collection("Docker")]
public sealed class DockerProxyTests(DockerFixture engines) : ProxyTests(engines);

[Collection("Podman")]
public sealed class PodmanProxyTests(PodmanFixture engines) : ProxyTests(engines);
