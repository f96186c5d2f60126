using Paddock.Packaging;

namespace Paddock.Threats.Tests;

/// <summary>Plugins in processes on a whole host.</summary>
public sealed class ProcessPlugins
{
    private static readonly Permission[] s_kv = [new(PermissionType.Kv, Access.Read | Access.Write, ["reminder:"])];

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    [InlineData("dotnet")]
    public async Task Sample_InstalledAndApproved_KeepsItsValuesWithTheHost(string language)
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddProcesses());
        string name = "reminders-" + language;
        var outcome = await host.InstallAsync(PackageSource.FromDirectory(Sample(name)));
        Assert.False(outcome.Active);
        Assert.Equal("PLUGIN_NOT_APPROVED", await host.CallAsync(name, "add", """{"day":"2026-03-01","text":"spring"}"""));
        await host.ApproveAsync(name, outcome.Digest, s_kv);
        Assert.Equal("""{"day":"2026-03-01","count":1}""", await host.CallAsync(name, "add", """{"day":"2026-03-01","text":"spring"}"""));
        Assert.Equal("""{"day":"2026-03-01","count":2}""", await host.CallAsync(name, "add", """{"day":"2026-03-01","text":"clean"}"""));
        Assert.Equal("""{"2026-03-01":["spring","clean"],"2026-03-02":[]}""", await host.CallAsync(name, "due", """{"day":"2026-03-02"}"""));
        await host.RestartAsync();
        Assert.Equal("""{"2026-02-28":[],"2026-03-01":["spring","clean"]}""", await host.CallAsync(name, "due", """{"day":"2026-03-01"}"""));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    [InlineData("dotnet")]
    public async Task Sample_ApprovedWithoutTheGrant_IsDenied(string language)
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddProcesses());
        string name = "reminders-" + language;
        await host.ServeAsync(PackageSource.FromDirectory(Sample(name)));
        Assert.Equal(ErrorCodes.PermissionDenied, await host.CallAsync(name, "add", """{"day":"2026-03-01","text":"spring"}"""));
    }

    private static string Sample(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Paddock.slnx"))) folder = folder.Parent!;
        string sample = Path.Combine(folder.FullName, "samples", "plugins", name);

        // What is compiled was built with these tests: beside them, in the same configuration.
        string built = Path.Combine(sample, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");
        return Directory.Exists(built) ? built : sample;
    }
}
