using System.Text;
using Paddock.Engines;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>A part that is missing is a refusal with its name and how to get it, never a container without it.</summary>
public abstract class MissingPartTests(EngineFixture engines)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("runsc", "has no runtime runsc")]
    [InlineData("gone", "not where its configuration says")]
    public async Task T45_OciRuntimeThatIsNotThere_IsNamedWithHowToGetIt(string runtime, string said)
    {
        await using var engine = new ContainerEngine(engines.Options("runtime") with { OciRuntime = runtime });
        await engines.ReadyAsync();
        var missing = Assert.Single(await engine.MissingAsync(Token));
        Assert.Equal((ErrorCodes.SandboxUnavailable, "runtime"), (missing.Code, missing.Path));
        Assert.Contains(said, missing.Message, StringComparison.Ordinal);
        Assert.Contains("daemon.json", missing.Mend, StringComparison.Ordinal);

        // Whatever kind of plugin: nothing is built, nothing is started.
        foreach (var spec in (SandboxSpec[])[Specs.Python("print(1)"), Specs.Speaking(PluginRuntime.Python, "def run(): return 1"), Specs.Speaking(PluginRuntime.Node, "module.exports = () => 1")])
        {
            var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => Bench.OpenAsync(engines, spec, "runtime", o => o with { OciRuntime = runtime }));
            Assert.Equal(ErrorCodes.SandboxUnavailable, refused.Error.Code);
            Assert.Contains(said, refused.Error.Message, StringComparison.Ordinal);
        }

        using var client = await engines.ConnectAsync();
        Assert.Empty(await client.ContainersAsync("dev.paddock.store", Token));
    }

    [Fact]
    public async Task T45_Control_OciRuntimeThatIsThere_Runs()
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Python("print('runs')  # named runtime"), "runtime", o => o with { OciRuntime = "runc" });
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.Contains("runs", Encoding.UTF8.GetString(result.Value.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T45_EngineThatWentAway_StartsNothingAndSaysSo()
    {
        await engines.ReadyAsync();
        string socket = Path.Combine(engines.Root, "socket-to-come");
        await using var engine = new ContainerEngine(engines.Options("gone") with { Socket = socket });
        await using var runtime = new ContainerRuntime(engine);
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Specs.Python("print(1)"), Token));
        Assert.Equal(ErrorCodes.SandboxUnavailable, refused.Error.Code);
        Assert.Contains("docker.io or podman", refused.Error.Message, StringComparison.Ordinal);

        // Control: there is one now, and the same runtime runs.
        File.CreateSymbolicLink(socket, engines.Socket);
        await using var sandbox = await runtime.CreateAsync(Specs.Python("print(1)"), Token);
        Assert.Equal(CallStatus.Completed, (await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token)).Status);
    }
}

[Collection("Docker")]
public sealed class DockerMissingPartTests(DockerFixture engines) : MissingPartTests(engines);
