using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Threats.Tests;

/// <summary>A host as an application has one: real runtimes, a real data directory, everything that it says collected.</summary>
internal sealed class WholeHost : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("paddock-whole-").FullName;
    private readonly Action<PaddockOptions>? _configure;
    private readonly Action<IPaddockBuilder>? _build;
    private ServiceProvider _services = null!;
    private List<IHostedService> _hosted = [];

    private WholeHost(Action<PaddockOptions>? configure, Action<IPaddockBuilder>? build) => (_configure, _build) = (configure, build);

    public static Principal Operator { get; } = new(Principal.DefaultTenant, "olga", PrincipalRole.Operator);

    public static Principal Author { get; } = new(Principal.DefaultTenant, "ann", PrincipalRole.Author);

    public string Data => Path.Combine(_root, "data");

    public ConcurrentQueue<string> Said { get; } = new();

    public IPackageService Packages => Get<IPackageService>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<WholeHost> StartAsync(Action<PaddockOptions>? configure = null, Action<IPaddockBuilder>? build = null)
    {
        var host = new WholeHost(configure, build);
        await host.StartAsync();
        return host;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A folder for files of a test.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    /// <summary>Writes a package of one JavaScript file.</summary>
    public PackageSource Package(string name, string version, string code, string more = "")
    {
        string folder = Folder($"{name}-{version}-{Guid.NewGuid():N}");
        Write(folder, name, version, code, more);
        return PackageSource.FromDirectory(folder);
    }

    /// <summary>The same, signed.</summary>
    public async Task<PackageSource> SignedAsync(byte[] key, string name, string version, string code, string more = "") =>
        PackageSource.FromDirectory(await SignedFolderAsync(key, name, version, code, more));

    /// <summary>A folder with a signed package.</summary>
    public async Task<string> SignedFolderAsync(byte[] key, string name, string version, string code, string more = "")
    {
        string folder = Folder($"{name}-{version}-{Guid.NewGuid():N}");
        Write(folder, name, version, code, more);
        var verified = await Get<PackageVerifier>().VerifyPackageAsync(PackageSource.FromDirectory(folder), PackageTrust.None, Ct);
        var signature = PackageSigner.Sign(verified.Package!, key);
        await File.WriteAllBytesAsync(Path.Combine(folder, signature.Path), signature.Content.ToArray(), Ct);
        return folder;
    }

    public static void Write(string folder, string name, string version, string code, string more = "")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "plugin.yaml"), $"apiVersion: paddock/v1\nname: {name}\nversion: {version}\nruntime: javascript\nentry: main.js\n{more}");
        File.WriteAllText(Path.Combine(folder, "main.js"), code);
    }

    public async Task TrustAsync(byte[] key) => Assert.Null((await Get<ITrustService>().TrustAsync(Operator, PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(key)), "a publisher", cancellationToken: Ct)).Error);

    public async Task<InstallOutcome> InstallAsync(PackageSource source)
    {
        var result = await Packages.InstallAsync(Author, source, Ct);
        Assert.True(result.TryGetValue(out var outcome, out var error), error is null ? "" : $"{error.Code} {string.Join("; ", error.Findings.Select(f => $"{f.Code} {f.Message}"))}");
        return outcome;
    }

    public async Task<InstallOutcome> ServeAsync(PackageSource source, params Permission[] grants)
    {
        var outcome = await InstallAsync(source);
        if (!outcome.Active) await ApproveAsync(outcome.Package.Name, outcome.Digest, grants);
        return outcome;
    }

    public async Task ApproveAsync(string name, string digest, params Permission[] grants)
    {
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = grants, Capabilities = ["*"] };
        var result = await Packages.SetPolicyAsync(Operator, name, policy, digest, Ct);
        Assert.True(result.TryGetValue(out _, out var error), error?.Code);
    }

    /// <summary>The result as JSON, or the code of why there is none.</summary>
    public async Task<string> CallAsync(string plugin, string function = "run", string input = "null")
    {
        var result = await Get<IPluginCalls>().CallAsync(Operator, plugin, new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input) }, Ct);
        if (!result.TryGetValue(out var outcome, out var error)) return error.Code;
        return outcome.Result.Error?.Code ?? Encoding.UTF8.GetString(outcome.Result.Value.Span);
    }

    /// <summary>Writes over every stored file that has a text, to the same length, behind the host's back.</summary>
    public int Rewrite(string text, string other)
    {
        Assert.Equal(text.Length, other.Length);
        int rewritten = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Data, "blobs")))
        {
            string content = File.ReadAllText(file);
            if (!content.Contains(text, StringComparison.Ordinal)) continue;
            File.WriteAllText(file, content.Replace(text, other, StringComparison.Ordinal));
            rewritten++;
        }

        return rewritten;
    }

    public async Task<IReadOnlyList<AuditRecord>> DeniedLoadsAsync()
    {
        await Get<IAuditLog>().VerifyAsync(Ct);
        return [.. (await Get<IAuditLog>().ListAsync(Operator, limit: 200, cancellationToken: Ct)).Value.Where(r => r.Action == "package.load" && !r.Allowed)];
    }

    public async Task RestartAsync(Action? meanwhile = null)
    {
        await StopAsync();
        meanwhile?.Invoke();
        await StartAsync();
    }

    /// <summary>Everything that lies in the data directory as bytes, but for the keys.</summary>
    public IEnumerable<string> Kept() => Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith(".key", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal))
        .Select(f => { using var stream = new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite); using var reader = new StreamReader(stream, Encoding.Latin1); return reader.ReadToEnd(); });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogCapture(Said)));
        var builder = services.AddPaddock(options =>
        {
            options.DataDirectory = Data;
            _configure?.Invoke(options);
        }).AddJavaScript(new JavaScriptRuntimeOptions { Threads = 2 }).AddWebAssembly();
        _build?.Invoke(builder);
        _services = services.BuildServiceProvider();
        _hosted = _services.GetServices<IHostedService>().ToList();
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StartingAsync(Ct);
        foreach (var service in _hosted) await service.StartAsync(Ct);
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StartedAsync(Ct);
    }

    private async Task StopAsync()
    {
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StoppingAsync(CancellationToken.None);
        foreach (var service in Enumerable.Reverse(_hosted)) await service.StopAsync(CancellationToken.None);
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StoppedAsync(CancellationToken.None);
        _hosted = [];
        await _services.DisposeAsync();
    }
}
