using System.Text;
using Paddock.Conformance;
using Paddock.Engines;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Protocol;

namespace Paddock;

/// <summary>Python and Node plugins in warm containers: the list of behaviours that every sandbox has.</summary>
public sealed class ContainerSubjects : ISubjects
{
    // podman's own "container=podman" and "TERM=xterm" are the same on every machine.
    private static readonly string s_python = ProtocolGuests.Python(
        "def file(): return [p for p in ('/etc/shadow', '/root', '/home', '/work', '/var/lib', '/var/run/docker.sock') if os.path.exists(p)] or None",
        "PATH", "HOME", "TMPDIR", "LANG", "TZ", "HOSTNAME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE", "container", "TERM");

    private static readonly string s_node = ProtocolGuests.Node(
        "exports.file = () => ['/etc/shadow', '/root', '/home', '/work', '/var/lib', '/var/run/docker.sock'].find((p) => fs.existsSync(p)) ?? null;",
        "PATH", "HOME", "TMPDIR", "LANG", "TZ", "PWD", "SHLVL", "HOSTNAME", "NODE_ENV", "container", "TERM");

    public static IReadOnlyList<Subject> All { get; } =
    [
        new("Python", () => Specs.Speaking(PluginRuntime.Python, s_python), ProtocolGuests.Functions, new Dictionary<string, string>()) { MemoryBytes = 64 << 20 },
        new("Node", () => Specs.Speaking(PluginRuntime.Node, s_node), ProtocolGuests.Functions, new Dictionary<string, string>()) { MemoryBytes = 160 << 20 },
    ];
}

public abstract class ContainerConformanceTests(EngineFixture engines, ITestOutputHelper output) : ConformanceTests<ContainerSubjects>(output)
{
    protected override async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken)
    {
        var bench = await Bench.OpenAsync(engines, spec with { Limits = spec.Limits with { Processes = 64 } }, "conformance",
            o => o with { Pool = new ProtocolOptions { Processes = 1, FreshProcesses = behaviour.Name == "fresh state" } });
        return new Owned(bench);
    }

    /// <summary>A sandbox with what it runs on.</summary>
    private sealed class Owned(Bench bench) : ISandbox
    {
        public ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default) => bench.Sandbox.CallAsync(call, channel, cancellationToken);

        public ValueTask DisposeAsync() => bench.DisposeAsync();
    }
}

/// <summary>What is of containers alone.</summary>
public abstract class ProtocolTests(EngineFixture engines)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_AiSwaScript_PrintsOk()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Python, "print('ok')") with { Dialect = "ai-swa" }, "protocol");
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        Assert.Contains("ok", Encoding.UTF8.GetString(result.Value.Span) + string.Join('\n', result.Logs.Select(l => l.Message)));
    }

    [Fact]
    public async Task Create_UsualBaseIsNotThere_RunsOnAnotherOfItsLanguage_UnlessThePackageNamesOne()
    {
        var spec = Specs.Speaking(PluginRuntime.Python, "def run(): return 'here'  # on another base");
        static ContainerOptions Other(ContainerOptions options) =>
            options with { BaseImages = new Dictionary<string, string> { ["python3.11"] = "localhost/paddock/nothing:latest", ["python3.12"] = "localhost/paddock/python3.11:latest" } };
        await using (var bench = await Bench.OpenAsync(engines, spec, "other-base", Other))
            Assert.Equal("\"here\"", Encoding.UTF8.GetString((await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token)).Value.Span));
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => Bench.OpenAsync(engines, spec with { RuntimeVersion = "python3.11" }, "other-base", Other));
        Assert.Contains("--for python3.11", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ManyInOneContainer_HostCallsAndResultsAreTheirOwn()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Python, "from paddock import host\ndef run(n): return host.kv.get(str(n))"), "protocol", o => o with { Pool = new ProtocolOptions { Processes = 1 } });
        for (int i = 0; i < 50; i++)
        {
            var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = Encoding.UTF8.GetBytes($$"""{"n":{{i}}}""") }, new EchoChannel(), Token);
            Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
            Assert.Contains($"\\\"{i}\\\"", Encoding.UTF8.GetString(result.Value.Span), StringComparison.Ordinal);
        }

        using var client = await engines.ConnectAsync();
        Assert.Single(await client.ContainersAsync($"dev.paddock.package={bench.Spec.Digest}", Token));
    }

    [Fact]
    public async Task Dispose_WarmContainers_AreGone()
    {
        var bench = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Node, "exports.run = () => 1"), "protocol");
        await bench.DisposeAsync();
        using var client = await engines.ConnectAsync();
        Assert.Empty(await client.ContainersAsync($"dev.paddock.package={bench.Spec.Digest}", Token));
    }

    private sealed class EchoChannel : IHostChannel
    {
        public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
            ValueTask.FromResult(HostReply.Ok(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(arguments.Span), options: new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
    }
}

[Collection("Docker")]
public sealed class DockerConformanceTests(DockerFixture engines, ITestOutputHelper output) : ContainerConformanceTests(engines, output);

[Collection("Docker")]
public sealed class DockerProtocolTests(DockerFixture engines) : ProtocolTests(engines);

[Collection("Podman")]
public sealed class PodmanConformanceTests(PodmanFixture engines, ITestOutputHelper output) : ContainerConformanceTests(engines, output);

[Collection("Podman")]
public sealed class PodmanProtocolTests(PodmanFixture engines) : ProtocolTests(engines);
