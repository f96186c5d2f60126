using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>Gitu's contract on a real engine.</summary>
public abstract class OneShotTests(EngineFixture engines)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_GuidesContainerPlugin_SaysHello()
    {
        var result = await CallAsync(Specs.Node("console.log('hello from container');"), "null");
        Assert.Equal(CallStatus.Completed, result.Status);
        var value = JsonElement.Parse(result.Value.Span);
        Assert.Equal("hello from container\n", value.GetProperty("stdout").GetString());
        Assert.Equal("", value.GetProperty("stderr").GetString());
        Assert.Equal(0, value.GetProperty("exitCode").GetInt32());
        Assert.True(value.GetProperty("durationMs").GetInt64() >= 0);
    }

    [Fact]
    public async Task Call_ProgramReadsItsArguments_GetsTheInput()
    {
        var result = await CallAsync(Specs.Python("import base64, os, sys\nprint(base64.b64decode(os.environ['PLUGIN_ARGS_B64']).decode(), end='')\nprint('to err', file=sys.stderr)\nsys.exit(3)"), """{"a":["ü",1]}""");
        Assert.Equal(CallStatus.Completed, result.Status);
        var value = JsonElement.Parse(result.Value.Span);
        Assert.Equal("""{"a":["ü",1]}""", value.GetProperty("stdout").GetString());
        Assert.Equal("to err\n", value.GetProperty("stderr").GetString());
        Assert.Equal(3, value.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Call_EndlessProgram_IsKilledAndGone()
    {
        var result = await CallAsync(Specs.Python("while True: pass"), "null", new Limits { Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.TimeLimit), (result.Status, result.Error?.Code));
        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Call_CallerCancels_IsKilledAndGone()
    {
        await using var bench = await OpenAsync(Specs.Python("while True: pass"));
        using var cancel = new CancellationTokenSource();
        var call = bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, cancel.Token);
        using (var client = await engines.ConnectAsync())
        {
            while ((await client.ContainersAsync($"dev.paddock.package={bench.Spec.Digest}", Token)).Count == 0) await Task.Yield();
        }

        await cancel.CancelAsync();
        Assert.Equal(CallStatus.Cancelled, (await call).Status);
        await AssertNothingRunsAsync();
    }

    [Theory]
    [InlineData("import sys\nwhile True: sys.stdout.write('x' * 65536)", ErrorCodes.ResultLimit)]
    [InlineData("import sys\nwhile True: sys.stderr.write('x' * 65536)", ErrorCodes.LogLimit)]
    [InlineData("b = []\nwhile True: b.append(bytearray(1 << 20))", ErrorCodes.MemoryLimit)]
    public async Task Call_Flood_IsEndedAtItsLimit(string source, string code)
    {
        var result = await CallAsync(Specs.Python(source), "null");
        Assert.Equal((CallStatus.LimitExceeded, code), (result.Status, result.Error?.Code));
        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Call_InputLongerThanAVariable_IsDenied()
    {
        var result = await CallAsync(Specs.Python("pass"), JsonSerializer.Serialize(new string('x', 100_000)));
        Assert.Equal((CallStatus.Denied, ErrorCodes.InvalidArgument), (result.Status, result.Error?.Code));
    }

    [Fact]
    public async Task Call_BothStreamsInterleaved_AreWholeAndApart()
    {
        var result = await CallAsync(Specs.Python("""
            import os
            for i in range(500):
                os.write(1, b'%05d' % i); os.write(2, b'[%03d' % i); os.write(1, b'\n'); os.write(2, b']')
            os.write(1, b'x' * 300000)
            """), "null");
        var value = JsonElement.Parse(result.Value.Span);
        Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(i => $"{i:d5}\n")) + new string('x', 300000), value.GetProperty("stdout").GetString());
        Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(i => $"[{i:d3}]")), value.GetProperty("stderr").GetString());
    }

    [Fact]
    public async Task Create_NotApproved_BuildsNothing()
    {
        // Of its own: a package of the same bytes that another test had approved has an image.
        var spec = Specs.Python("print(1)  # approved by nobody") with { Approved = false };
        await using var bench = await OpenAsync(spec);
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.Equal(CallStatus.Denied, result.Status);
        using var client = await engines.ConnectAsync();
        Assert.Empty(await client.ImagesAsync($"dev.paddock.package={spec.Digest}", Token));
    }

    [Fact]
    public async Task Call_FileNamesOfAShell_AreNamesAndNothingElse()
    {
        var spec = Specs.Python("import os\nprint(sorted(os.listdir('/app')))");
        spec = spec with { Files = new Dictionary<string, ReadOnlyMemory<byte>>(spec.Files) { ["$(touch x);`id`"] = "1"u8.ToArray(), ["a b'\"\n& .txt"] = "2"u8.ToArray(), ["--help"] = "3"u8.ToArray() } };
        var result = await CallAsync(spec, "null");
        Assert.Equal("""['$(touch x);`id`', '--help', 'a b\'"\n& .txt', 'plugin.py']""" + "\n", JsonElement.Parse(result.Value.Span).GetProperty("stdout").GetString());
    }

    private async Task<CallResult> CallAsync(SandboxSpec spec, string input, Limits? limits = null)
    {
        await using var bench = await OpenAsync(limits is null ? spec : spec with { Limits = limits });
        return await bench.Sandbox.CallAsync(new SandboxCall { Input = Encoding.UTF8.GetBytes(input) }, RefusingHostChannel.Instance, Token);
    }

    private Task<Bench> OpenAsync(SandboxSpec spec) => Bench.OpenAsync(engines, spec, "oneshot");

    private async Task AssertNothingRunsAsync()
    {
        using var client = await engines.ConnectAsync();
        Assert.Empty(await client.ContainersAsync("dev.paddock.store", Token));
    }
}

[Collection("Docker")]
public sealed class DockerOneShotTests(DockerFixture engines) : OneShotTests(engines);

[Collection("Podman")]
public sealed class PodmanOneShotTests(PodmanFixture engines) : OneShotTests(engines);

[CollectionDefinition("Docker")]
public sealed class DockerCollection : ICollectionFixture<DockerFixture>;

[CollectionDefinition("Podman")]
public sealed class PodmanCollection : ICollectionFixture<PodmanFixture>;

[CollectionDefinition("Podman, builds")]
public sealed class PodmanBuildsCollection : ICollectionFixture<PodmanBuildsFixture>;
