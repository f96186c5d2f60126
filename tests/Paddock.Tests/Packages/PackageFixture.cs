using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Packages;

/// <summary>A started host for installed packages.</summary>
internal sealed class PackageFixture : IAsyncDisposable
{
    private readonly HostFixture _host;

    private PackageFixture(HostFixture host) => _host = host;

    public static Principal Operator => HostFixture.Operator;

    public static Principal Author => HostFixture.Author;

    public HostFixture Host => _host;

    public IPackageService Packages => _host.Get<IPackageService>();

    public IPluginCalls Calls => _host.Get<IPluginCalls>();

    public IContributions Contributions => _host.Get<IContributions>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<PackageFixture> StartAsync(Action<PaddockOptions>? configure = null)
    {
        var host = new HostFixture(configure);
        await host.StartHostedAsync();
        return new PackageFixture(host);
    }

    public async Task<InstallOutcome> InstallAsync(TestPackage package, Principal? principal = null)
    {
        var result = await Packages.InstallAsync(principal ?? Author, package.Source, Ct);
        Assert.True(result.TryGetValue(out var outcome, out var error), Text(error));
        return outcome;
    }

    public async Task<PackageRecord> ApproveAsync(string name, string digest, PluginPolicy? policy = null)
    {
        var result = await Packages.SetPolicyAsync(Operator, name, policy ?? TestPackage.Approved(), digest, Ct);
        Assert.True(result.TryGetValue(out var record, out var error), Text(error));
        return record;
    }

    public async Task<InstallOutcome> InstallAndApproveAsync(TestPackage package, PluginPolicy? policy = null)
    {
        var outcome = await InstallAsync(package);
        await ApproveAsync(outcome.Package.Name, outcome.Digest, policy);
        return outcome;
    }

    public ValueTask<Result<ExecutionOutcome>> CallAsync(string plugin, string function = "run", Principal? caller = null, string input = "null") =>
        Calls.CallAsync(caller ?? Operator, plugin, new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input) }, Ct);

    public async Task<CallResult> ResultAsync(string plugin, string function = "run", string input = "null")
    {
        var result = await CallAsync(plugin, function, input: input);
        Assert.True(result.TryGetValue(out var outcome, out var error), Text(error));
        return outcome.Result;
    }

    public async Task<string?> RefusalAsync(string plugin, string function = "run", Principal? caller = null) => (await CallAsync(plugin, function, caller)).Error?.Code;

    public async Task RestartAsync()
    {
        await _host.RestartAsync();
        await _host.StartHostedAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Text(ServiceError? error) => error is null ? "" : $"{error.Code} {error.Message} {string.Join("; ", error.Findings.Select(f => $"{f.Code} {f.Path} {f.Message}"))}";
}
