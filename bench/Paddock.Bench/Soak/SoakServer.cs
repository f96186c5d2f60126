using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Paddock.Bench.Platform;
using Paddock.Packaging;

namespace Paddock.Bench.Soak;

/// <summary>The application under soak, a process of its own that can be killed. An operator's acts come by paths of its own.</summary>
internal sealed class SoakServer(BenchHost host, byte[] key)
{
    internal const string Command = "soak-host";

    internal static async Task RunAsync(string folder)
    {
        var keyFile = Path.Combine(folder, "publisher.key");
        if (!File.Exists(keyFile)) await File.WriteAllBytesAsync(keyFile, PackageKeys.Generate());
        var key = await File.ReadAllBytesAsync(keyFile);
        SoakServer? server = null;
        await using var host = await BenchHost.StartAsync(folder, app => app.MapGet("/control/{act}/{plugin}/{number:int}", (string act, string plugin, int number) => server!.ActAsync(act, plugin, number)));
        server = new SoakServer(host, key);
        Console.WriteLine(host.Address);

        // Until whoever started it goes, or kills it.
        await Console.In.ReadToEndAsync();
    }

    private async Task<IResult> ActAsync(string act, string plugin, int number)
    {
        switch (act)
        {
            case "trust":
                BenchHost.Value(await host.Get<ITrustService>().TrustAsync(BenchHost.Operator, PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(key)), "the soak"));
                return Results.Ok();
            case "install": return await InstallAsync(plugin, number);
            case "policy": return await PolicyAsync(plugin, withValues: number == 1);
            case "enable":
                BenchHost.Value(await host.Packages.EnableAsync(BenchHost.Operator, plugin, true));
                return Results.Ok();
            case "verify":
                var audit = await host.Get<IAuditLog>().VerifyAsync();
                return Results.Text(audit.Intact ? "intact" : audit.Fault ?? "broken");
            case "memory":
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                return Results.Text(string.Create(CultureInfo.InvariantCulture, $"{Environment.WorkingSet} {GC.GetTotalMemory(forceFullCollection: false)}"));
            default: return Results.NotFound();
        }
    }

    private async Task<IResult> InstallAsync(string plugin, int version)
    {
        using var package = SoakPackages.Make(plugin, version);
        await package.SignAsync(host.Get<IJavaScriptAnalyzer>(), key);
        var installed = BenchHost.Value(await host.Packages.InstallAsync(BenchHost.Operator, package.Source));
        if (!installed.Active) BenchHost.Value(await host.Packages.SetPolicyAsync(BenchHost.Operator, plugin, SoakPackages.Policy(plugin), installed.Digest));
        return Results.Ok();
    }

    private async Task<IResult> PolicyAsync(string plugin, bool withValues)
    {
        var active = BenchHost.Value(await host.Packages.GetAsync(BenchHost.Operator, plugin)).Active!;
        BenchHost.Value(await host.Packages.SetPolicyAsync(BenchHost.Operator, plugin, SoakPackages.Policy(plugin, withValues), active.Digest));
        return Results.Ok();
    }
}
