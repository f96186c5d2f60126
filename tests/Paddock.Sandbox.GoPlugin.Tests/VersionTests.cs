using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>Which version of their interface host and plugin settle on, and how a plugin is asked to end. The program serves those that its name lists.</summary>
public sealed class VersionTests(Plugins plugins)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v123", new[] { 1 }, 1)]
    [InlineData("v123", new[] { 1, 2 }, 2)]
    [InlineData("v123", new[] { 3, 1 }, 3)]
    [InlineData("v12", new[] { 2, 3, 4 }, 2)]
    [InlineData("v1", new[] { 5, 1 }, 1)]
    public async Task Negotiate_VersionsInCommon_TheHighestIsServed(string name, int[] offered, int chosen)
    {
        await using var sandbox = await new GoPluginRuntime(plugins.Launcher, new GoPluginRuntimeOptions { ProtocolVersions = offered }).CreateAsync(Spec(name), Stop);
        Assert.Equal(chosen, int.Parse(Plugins.Text(await sandbox.CallAsync(Plugins.Call("version"), RefusingHostChannel.Instance, Stop)), null));
    }

    [Theory]
    [InlineData("v123", new[] { 4 })]
    [InlineData("v3", new[] { 1, 2 })]
    [InlineData("v12", new[] { 3 })]
    public async Task Negotiate_NoVersionInCommon_IsRefused(string name, int[] offered)
    {
        var runtime = new GoPluginRuntime(plugins.Launcher, new GoPluginRuntimeOptions { ProtocolVersions = offered });
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Spec(name), Stop));
        Assert.Equal(ErrorCodes.ProtocolVersion, e.Error.Code);
    }

    [Fact]
    public async Task Shutdown_OverItsController_EndsTheProgramByItself()
    {
        await using var process = await GoPluginProcess.StartAsync(Spec("v1"), plugins.Launcher, new GoPluginRuntimeOptions(), Stop);
        Assert.False(process.HasExited);
        await process.ShutdownAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        Assert.True(process.HasExited);
        // It came to the end of its own main function, and had been told before.
        Assert.Equal(0, (await process.EndAsync()).Code);
        Assert.Equal("ended", await File.ReadAllTextAsync(Path.Combine(process.Sockets.HostPath, "ended"), Stop));
    }

    private static SandboxSpec Spec(string name) => Plugins.Spec(name, folder: "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/versions");
}
