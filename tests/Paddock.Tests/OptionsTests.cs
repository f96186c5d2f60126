using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Paddock.Tests.Seam;

namespace Paddock.Tests;

public sealed class OptionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<PaddockOptions>> Bad => new()
    {
        { "no directory", o => o.DataDirectory = "" },
        { "no calls", o => o.Calls = 0 },
        { "timeout", o => o.DefaultTimeout = TimeSpan.FromMinutes(6) },
        { "retention", o => o.Retention.Audit = TimeSpan.Zero },
        { "interval", o => o.Retention.Interval = TimeSpan.Zero },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Start_WithAnOptionOutOfRange_Fails(string name, Action<PaddockOptions> set)
    {
        Assert.NotEmpty(name);
        using var host = Build(Path.Combine(Path.GetTempPath(), "paddock-never-made"), set);
        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));
    }

    [Fact]
    public async Task Start_OpensTheStore_AndStatusIsReady()
    {
        var directory = Directory.CreateTempSubdirectory("paddock-start-");
        using (var host = Build(directory.FullName, _ => { }))
        {
            await host.StartAsync(Ct);
            var status = await host.Services.GetRequiredService<IPaddockStatus>().CheckAsync(Ct);
            Assert.Equal((true, Paddock.Store.Migration.All[^1].Version, 0), (status.StoreReady, status.SchemaVersion, status.LoadedPlugins));
            Assert.Equal([PluginRuntime.JavaScript], status.Runtimes);
            await host.StopAsync(Ct);
        }

        directory.Delete(recursive: true);
    }

    private static IHost Build(string directory, Action<PaddockOptions> set)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = directory;
            set(o);
        }).AddRuntime(_ => new ScriptedRuntime()).AddJavaScriptAnalyzer(_ => new NoFindingsAnalyzer());
        return builder.Build();
    }
}
