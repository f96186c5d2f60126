using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Running;

namespace Paddock;

/// <summary>The rows of the threat model that a container meets: looked at from inside by a program, and from outside.</summary>
public abstract class ThreatTests(EngineFixture engines)
{
    private const string ForkBomb = """
        import os, time
        n = 0
        try:
            while n < 200:
                if os.fork() == 0:
                    time.sleep(60); os._exit(0)
                n += 1
        except OSError as e: print(n, e.errno)
        else: print(n, 0)
        """;

    private const string Rights = """
        import json, os, resource
        status = dict(l.rstrip('\n').split(':\t', 1) for l in open('/proc/self/status') if ':\t' in l)
        mounts = {l.split()[1]: l.split()[3].split(',') for l in open('/proc/self/mounts')}
        space = os.statvfs('/tmp')
        limit = lambda name: [(v if v != resource.RLIM_INFINITY else -1) for v in resource.getrlimit(name)]
        print(json.dumps({
            'user': [os.getuid(), os.getgid()],
            'capabilities': ['%x' % int(status[c], 16) for c in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')],
            'noNewPrivileges': status['NoNewPrivs'], 'seccomp': status['Seccomp'],
            'nofile': limit(resource.RLIMIT_NOFILE), 'core': limit(resource.RLIMIT_CORE), 'nproc': limit(resource.RLIMIT_NPROC),
            'root': 'ro' in mounts['/'], 'temporary': sorted(o for o in mounts.get('/tmp', []) if o.startswith('no') and o != 'noatime'),
            'temporaryBytes': space.f_blocks * space.f_frsize, 'networks': os.listdir('/sys/class/net'), 'first': os.getpid() == 1,
        }, separators=(',', ':')))
        """;

    private const string Look = """
        import json, os, socket, stat
        def reach(address, kind=socket.SOCK_STREAM):
            s = socket.socket(socket.AF_UNIX, kind)
            try: s.connect(address); return True
            except OSError: return False
        # What was listed may be gone by the time it is looked at.
        def is_marked(pid):
            try: return 'CANARY_MARK' in open('/proc/%s/cmdline' % pid).read()
            except OSError: return False
        def is_socket(path):
            try: return stat.S_ISSOCK(os.lstat(path).st_mode)
            except OSError: return False
        print(json.dumps({
            'env': sorted(os.environ),
            'pids': sorted(int(p) for p in os.listdir('/proc') if p.isdigit() and is_marked(p)),
            'fds': [f for f in os.listdir('/proc/self/fd') if int(f) > 2 and os.path.exists('/proc/self/fd/' + f)],
            'abstract': reach('\0CANARY_SOCKET'),
            'engine': reach('ENGINE_SOCKET') or reach('/var/run/docker.sock') or reach('/sock/s'),
            'sockets': [os.path.join(d, n) for top in ('/run', '/var', '/tmp', '/app', '/sock') for d, _, names in os.walk(top) for n in names if is_socket(os.path.join(d, n))],
        }))
        """;

    private const string Network = """
        import errno, json, socket
        def attempt(f):
            try: f(); return 'sent'
            except OSError as e: return errno.errorcode.get(e.errno, type(e).__name__) if e.errno and e.errno > 0 else type(e).__name__
        udp = lambda host: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'CANARY_PACKET', (host, 53))
        print(json.dumps({
            'udp': attempt(lambda: udp('192.0.2.53')),
            'loop': attempt(lambda: udp('127.0.0.1')),
            'tcp': attempt(lambda: socket.create_connection(('192.0.2.1', 80), 2)),
            'name': attempt(lambda: socket.getaddrinfo('canary.example.com', 80)),
            'raw': attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
            'packet': attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
            'links': [n for _, n in socket.if_nameindex()],
        }))
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T37_ForkBomb_StopsAtItsNumberAndIsGone()
    {
        string said = await StdoutAsync(Specs.Python(ForkBomb) with { Limits = new Limits { MemoryBytes = 256 << 20, Processes = 24 } });
        Assert.Equal("11", said.Split(' ')[1].Trim());
        Assert.InRange(int.Parse(said.Split(' ')[0]), 1, 24);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task T37_Control_HigherNumber_ForksThemAll() =>
        Assert.Equal("200 0\n", (await StdoutAsync(Specs.Python(ForkBomb) with { Limits = new Limits { MemoryBytes = 512 << 20, Processes = 400 } }))[..6]);

    [Fact]
    public async Task T38_Probe_SeesNoVariableDescriptorOrProcessOfTheHost()
    {
        using var marked = Process.Start("/usr/bin/python3", ["-c", "import time; time.sleep(600)", "CANARY_MARK"]);
        try
        {
            using var seen = await LookAsync();
            Assert.DoesNotContain("CANARY_VARIABLE", seen.RootElement.GetProperty("env").EnumerateArray().Select(e => e.GetString()));
            Assert.Empty(seen.RootElement.GetProperty("fds").EnumerateArray());
            Assert.Empty(seen.RootElement.GetProperty("pids").EnumerateArray());
        }
        finally
        {
            marked.Kill();
        }
    }

    [Fact]
    public async Task T38_Control_SameProbeOnTheHost_SeesThem()
    {
        using var marked = Process.Start("/usr/bin/python3", ["-c", "import time; time.sleep(600)", "CANARY_MARK"]);
        try
        {
            using var seen = JsonDocument.Parse(await OnHostAsync(Look));
            Assert.Contains("CANARY_VARIABLE", seen.RootElement.GetProperty("env").EnumerateArray().Select(e => e.GetString()));
            Assert.Contains(marked.Id, seen.RootElement.GetProperty("pids").EnumerateArray().Select(e => e.GetInt32()));
        }
        finally
        {
            marked.Kill();
        }
    }

    [Fact]
    public async Task T39_Probe_ReachesNoSocketOfTheHostOrTheEngine()
    {
        using var listener = Abstract();
        using var seen = await LookAsync();
        Assert.False(seen.RootElement.GetProperty("abstract").GetBoolean());
        Assert.False(seen.RootElement.GetProperty("engine").GetBoolean());
        Assert.Empty(seen.RootElement.GetProperty("sockets").EnumerateArray());
    }

    [Fact]
    public async Task T39_Control_NoContainer_ReachesBoth()
    {
        await engines.ReadyAsync();
        using var listener = Abstract();
        using var seen = JsonDocument.Parse(await OnHostAsync(Look));
        Assert.True(seen.RootElement.GetProperty("abstract").GetBoolean());
        Assert.True(seen.RootElement.GetProperty("engine").GetBoolean());
    }

    [Fact]
    public async Task T43_EscapesAndNewlines_AreJsonInTheResultAndKeptNowhere()
    {
        var result = await CallAsync(Specs.Python("print('\\x1b]0;CANARY_ESCAPE\\x07\\r\\nforged: line')"));
        Assert.DoesNotContain(result.Value.ToArray(), b => b < 32);
        Assert.Contains("\\u001B]0;CANARY_ESCAPE", Encoding.ASCII.GetString(result.Value.Span), StringComparison.Ordinal);
        Assert.Empty(FilesWith("CANARY_ESCAPE", only: "*.log"));
    }

    [Fact]
    public async Task T43_Control_EngineThatKeepsLogs_HasItOnDisk()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Python("print('CANARY_KEPT')"), "threats");
        using var client = await engines.ConnectAsync();
        var body = await BodyAsync(bench, client);
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", body with { HostConfig = body.HostConfig with { LogConfig = new(client.IsPodman ? "k8s-file" : "json-file") } }, Token)).Id!;
        await using (var process = await new ContainerStarter(client, bench.Options).StartAsync(id, false, false, Token))
        {
            await process.Exited;
            Assert.NotEmpty(FilesWith("CANARY_KEPT", only: "*.log"));
        }
    }

    [Fact]
    public async Task T44_CrashAndTemporaryFiles_LeaveNothing()
    {
        var result = await CallAsync(Specs.Python("import os\nopen('/tmp/x', 'w').write('CANARY_' + 'FILE')\nos.abort()"));
        Assert.Equal(134, JsonElement.Parse(result.Value.Span).GetProperty("exitCode").GetInt32());
        Assert.Empty(FilesWith("CANARY_FILE"));
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task T44_Control_WritableRoot_KeepsTheFileUntilItIsRemoved()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Python("open('/app/x', 'w').write('CANARY_' + 'FILE')"), "threats");
        using var client = await engines.ConnectAsync();
        var body = await BodyAsync(bench, client);
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", body with { HostConfig = body.HostConfig with { ReadonlyRootfs = false } }, Token)).Id!;
        await using (var process = await new ContainerStarter(client, bench.Options).StartAsync(id, false, false, Token))
        {
            await process.Exited;
            Assert.NotEmpty(FilesWith("CANARY_FILE"));
        }

        Assert.Empty(FilesWith("CANARY_FILE"));
    }

    [Fact]
    public async Task T45_Flags_AreInForceInside()
    {
        var spec = Specs.Python(Rights);
        await using var bench = await Bench.OpenAsync(engines, spec, "threats", options => options with { TemporaryBytes = 8 << 20 });
        var seen = JsonElement.Parse(await StdoutAsync(bench));
        Assert.Equal("""{"user":[65534,65534],"capabilities":["0","0","0","0","0"],"noNewPrivileges":"1","seccomp":"2","nofile":[1024,1024],"core":[0,0],"nproc":[32768,32768],"root":true,"temporary":["nodev","noexec","nosuid"],"temporaryBytes":8388608,"networks":["lo"],"first":false}""", seen.GetRawText());
    }

    [Fact]
    public async Task T45_Control_WithoutTheFlags_TheSameProbeHasTheRights()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Python(Rights), "threats");
        using var client = await engines.ConnectAsync();
        var body = await BodyAsync(bench, client);
        // Files are bounded higher rather than nothing at all: podman's own defaults may be more than its service has.
        var lifted = body with { User = "0:0", HostConfig = body.HostConfig with { CapDrop = [], SecurityOpt = ["seccomp=unconfined"], ReadonlyRootfs = false, Ulimits = [.. body.HostConfig.Ulimits.Select(u => u.Name == "nofile" ? u with { Soft = 2048, Hard = 2048 } : u)], Init = false, Tmpfs = new Dictionary<string, string>() } };
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", lifted, Token)).Id!;
        await using var process = await new ContainerStarter(client, bench.Options).StartAsync(id, false, false, Token);
        using var reader = new StreamReader(process.Output);
        var seen = JsonElement.Parse(await reader.ReadToEndAsync(Token));
        Assert.Equal(0, seen.GetProperty("user")[0].GetInt32());
        Assert.NotEqual("0", seen.GetProperty("capabilities")[1].GetString());
        Assert.Equal(("0", "0"), (seen.GetProperty("noNewPrivileges").GetString(), seen.GetProperty("seccomp").GetString()));
        Assert.Equal("[2048,2048]", seen.GetProperty("nofile").GetRawText());
        Assert.False(seen.GetProperty("root").GetBoolean());
        Assert.True(seen.GetProperty("first").GetBoolean());
    }

    [Fact]
    public async Task T45_AbsentOciRuntime_StartsNothing()
    {
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => Bench.OpenAsync(engines, Specs.Python("print(1)"), "gvisor", o => o with { OciRuntime = "runsc" }));
        Assert.Equal(ErrorCodes.SandboxUnavailable, refused.Error.Code);
        Assert.Equal("runsc", ContainerFlags.Body(new RunSpec { Image = "i", Command = ["c"], WorkingDirectory = "/", Limits = new Limits(), Labels = new Dictionary<string, string>() }, engines.Options("gvisor") with { OciRuntime = "runsc" }, false).HostConfig.Runtime);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task T45_NoEngine_StartsNothingAndSaysHowToGetOne()
    {
        await using var engine = new ContainerEngine(engines.Options("absent") with { Socket = Path.Combine(engines.Root, "no-such") });
        await using var runtime = new ContainerRuntime(engine);
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Specs.Python("print(1)"), Token));
        Assert.Equal(ErrorCodes.SandboxUnavailable, refused.Error.Code);
        Assert.DoesNotContain(engines.Root, refused.Error.Message, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await engine.MissingAsync(Token)).Mend);
    }

    [Fact]
    public async Task T71_NamesAndPackets_GoNowhere()
    {
        using var capture = new PacketCapture("CANARY_PACKET");
        using var tried = JsonDocument.Parse(await StdoutAsync(Specs.Python(Network)));
        string Of(string name) => tried.RootElement.GetProperty(name).GetString()!;
        Assert.Equal(("ENETUNREACH", "ENETUNREACH", "gaierror"), (Of("udp"), Of("tcp"), Of("name")));
        Assert.Equal(("EPERM", "EPERM"), (Of("raw"), Of("packet")));
        Assert.Equal(["lo"], tried.RootElement.GetProperty("links").EnumerateArray().Select(l => l.GetString()!));
        Assert.False(capture.Saw());
    }

    [Fact]
    public async Task T71_Control_SameProbeOnTheHost_IsCaptured()
    {
        await engines.ReadyAsync();
        using var capture = new PacketCapture("CANARY_PACKET");
        await OnHostAsync("import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'CANARY_PACKET', ('127.0.0.1', 53))");
        Assert.True(capture.Saw());
    }

    [Fact]
    public async Task T73_ImageUnderTheSameName_IsNotRun()
    {
        var spec = Specs.Python("print('good')  # T73");
        await using (var bench = await Bench.OpenAsync(engines, spec, "poisoned")) Assert.Equal("good\n", await StdoutAsync(bench));
        string name = await PoisonAsync(spec, "poisoned");
        await using (var bench = await Bench.OpenAsync(engines, spec, "poisoned")) Assert.Equal("good\n", await StdoutAsync(bench));

        // What was recorded is gone: it is built again, not taken from whoever has its name.
        using var client = await engines.ConnectAsync();
        await client.RemoveImageAsync(ImageOf("poisoned"), Token);
        await using (var bench = await Bench.OpenAsync(engines, spec, "poisoned")) Assert.Equal("good\n", await StdoutAsync(bench));
        Assert.NotEmpty(name);
    }

    [Fact]
    public async Task T73_Control_RunByName_RunsThePoison()
    {
        var spec = Specs.Python("print('good')  # T73 control");
        await using var bench = await Bench.OpenAsync(engines, spec, "byname");
        string name = await PoisonAsync(spec, "byname");
        using var client = await engines.ConnectAsync();
        var body = await BodyAsync(bench, client);
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", body with { Image = name }, Token)).Id!;
        await using var process = await new ContainerStarter(client, bench.Options).StartAsync(id, false, false, Token);
        using var reader = new StreamReader(process.Output);
        Assert.Equal("poison\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task T73_RebuiltImageThatDiffers_IsRefused()
    {
        var spec = Specs.Python("print('pinned')");
        await using (await Bench.OpenAsync(engines, spec, "pinned")) { }
        using var client = await engines.ConnectAsync();
        await client.RemoveImageAsync(ImageOf("pinned"), Token);
        string record = Record("pinned");
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"Content\":\"", "\"Content\":\"0", StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => Bench.OpenAsync(engines, spec, "pinned"));
        Assert.Equal(ErrorCodes.ImageChanged, refused.Error.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T73_BaseMadeAnew_IsBuiltOnWithWhatWasApprovedAndNothingElse(bool differs)
    {
        string store = "anew" + differs;
        var spec = Specs.Python("print('pinned')  # " + store);
        await using (await Bench.OpenAsync(engines, spec, store)) { }
        using var client = await engines.ConnectAsync();
        string name = $"localhost/paddock/{store.ToLowerInvariant()}";
        var body = new RunSpec { Image = (await client.FindImageAsync("localhost/paddock/python3.11:latest", Token))!.Id!, Command = ["x"], WorkingDirectory = "/", Limits = spec.Limits, Labels = new Dictionary<string, string>() };
        string id = await new ContainerStarter(client, engines.Options(store)).CreateAsync(body, Token);
        await client.CommitAsync(id, name, "latest", Token);
        await client.RemoveAsync(id, Token);
        string pin = Directory.EnumerateFiles(Path.Combine(engines.Options(store).StateDirectory, "contents")).Single();
        if (differs) File.WriteAllText(pin, File.ReadAllText(pin).Replace("\"Content\":\"", "\"Content\":\"0", StringComparison.Ordinal));

        ContainerOptions OnTheNewOne(ContainerOptions options) => options with { BaseImages = new Dictionary<string, string> { ["python3.11"] = name + ":latest" } };
        if (differs)
        {
            var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => Bench.OpenAsync(engines, spec, store, OnTheNewOne));
            Assert.Equal(ErrorCodes.ImageChanged, refused.Error.Code);
            return;
        }

        // Control: the same content on another base runs.
        await using var bench = await Bench.OpenAsync(engines, spec, store, OnTheNewOne);
        Assert.Equal("pinned\n", await StdoutAsync(bench));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(bench.Options.StateDirectory, "images")).Count());
    }

    /// <summary>Gives the name of a package's image to another one, with the same labels.</summary>
    private async Task<string> PoisonAsync(SandboxSpec spec, string store)
    {
        using var client = await engines.ConnectAsync();
        var image = (await client.ImagesAsync($"dev.paddock.package={spec.Digest}", Token)).Single();
        string name = $"localhost/paddock/plugin-{Key(store)[..16]}";
        var poison = Specs.Python("print('poison')  # " + store);
        await using var bench = await Bench.OpenAsync(engines, poison, store + "-poison");
        string id = await new ContainerStarter(client, bench.Options).CreateAsync(
            new RunSpec { Image = ImageOf(store + "-poison"), Command = ["x"], WorkingDirectory = "/", Limits = poison.Limits, Labels = image.Labels!.ToDictionary() }, Token);
        await client.CommitAsync(id, name, "latest", Token);
        await client.RemoveAsync(id, Token);
        return name + ":latest";
    }

    private string Key(string store) => Path.GetFileNameWithoutExtension(Record(store));

    private string ImageOf(string store) => JsonElement.Parse(File.ReadAllBytes(Record(store))).GetProperty("Image").GetString()!;

    private string Record(string store) => Directory.EnumerateFiles(Path.Combine(engines.Options(store).StateDirectory, "images")).Single();

    private static async Task<ContainerBody> BodyAsync(Bench bench, EngineClient client)
    {
        string image = (await client.ImagesAsync($"dev.paddock.package={bench.Spec.Digest}", Token))[0].Id!;
        var body = ContainerFlags.Body(new RunSpec { Image = image, Command = ["python3", "/app/plugin.py"], WorkingDirectory = "/app", Limits = bench.Spec.Limits, Labels = new Dictionary<string, string>() }, bench.Options, client.IsPodman);
        // What it leaves is looked at.
        return body with { HostConfig = body.HostConfig with { AutoRemove = false } };
    }

    private async Task<JsonDocument> LookAsync() => JsonDocument.Parse(await StdoutAsync(Specs.Python(Probe(Look))));

    private string Probe(string source) => source.Replace("ENGINE_SOCKET", engines.Socket, StringComparison.Ordinal);

    private async Task<string> OnHostAsync(string source)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-I", "-c", Probe(source)]) { RedirectStandardOutput = true };
        start.Environment["CANARY_VARIABLE"] = "1";
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync(Token);
    }

    private static Socket Abstract()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0CANARY_SOCKET"));
        socket.Listen();
        return socket;
    }

    private async Task<string> StdoutAsync(SandboxSpec spec)
    {
        await using var bench = await Bench.OpenAsync(engines, spec, "threats");
        return await StdoutAsync(bench);
    }

    private static async Task<string> StdoutAsync(Bench bench)
    {
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message}");
        var value = JsonElement.Parse(result.Value.Span);
        Assert.True(value.GetProperty("stdout").GetString() is { Length: > 0 }, value.GetProperty("stderr").GetString());
        return value.GetProperty("stdout").GetString()!;
    }

    private async Task<CallResult> CallAsync(SandboxSpec spec)
    {
        await using var bench = await Bench.OpenAsync(engines, spec, "threats");
        return await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
    }

    private async Task AssertNothingLeftAsync()
    {
        using var client = await engines.ConnectAsync();
        Assert.Empty(await client.ContainersAsync("dev.paddock.store", Token));
    }

    /// <summary>Files below the engine's own directory that hold a text.</summary>
    private string[] FilesWith(string text, string only = "*") =>
        [.. Directory.EnumerateFiles(engines.Root, only, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device, IgnoreInaccessible = true })
            .Where(f => f.Length < 4096 && Small(f) is { } bytes && bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0)];

    private static byte[]? Small(string path)
    {
        try
        {
            // What has no length can be a pipe, which podman keeps beside each container: opening it waits for whoever writes.
            return new FileInfo(path).Length is > 0 and < 65536 ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A socket or a device, or gone meanwhile.
            return null;
        }
    }
}

[Collection("Docker")]
public sealed class DockerThreatTests(DockerFixture engines) : ThreatTests(engines);

[Collection("Podman")]
public sealed class PodmanThreatTests(PodmanFixture engines) : ThreatTests(engines);
