using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Paddock.HostApi.Databases;
using Paddock.Packaging;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>One host with a database, files, a configuration and a server to ask, and a package of each runtime, all under the same policy.</summary>
public sealed class SharedHost : IAsyncDisposable
{
    private readonly Dictionary<string, Task<string>> _packages = [];
    private readonly SemaphoreSlim _one = new(1, 1);
    private WholeHost? _host;

    public GatedServer Server { get; } = new();

    /// <summary>Adds runtimes to the host; before its first use.</summary>
    public Action<IPaddockBuilder> Runtimes { get; init; } = _ => { };

    internal WholeHost Host => _host!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Has a subject's package serve; its id.</summary>
    public async Task<string> ServeAsync(HostSubject subject)
    {
        await _one.WaitAsync(Ct);
        try
        {
            _host ??= await StartAsync();
            if (!_packages.TryGetValue(subject.Name, out var package)) _packages[subject.Name] = package = InstallAsync(subject);
            return await package;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A text with what <c>@</c> names stand for.</summary>
    public string Fill(string text, HostSubject subject) => text
        .Replace("@granted", Host.Folder("granted"), StringComparison.Ordinal).Replace("@other", Host.Folder("other"), StringComparison.Ordinal)
        .Replace("@server", Server.Address, StringComparison.Ordinal).Replace("@me", subject.Name, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        await Server.DisposeAsync();
        _one.Dispose();
    }

    private async Task<WholeHost> StartAsync()
    {
        string desk = Path.Combine(Directory.CreateTempSubdirectory("paddock-desk-").FullName, "desk.db");
        using (var database = new SqliteConnection($"Data Source={desk};Pooling=False"))
        {
            database.Open();
            using var create = database.CreateCommand();
            create.CommandText = "CREATE TABLE tickets (id INTEGER, title TEXT); CREATE TABLE salaries (secret TEXT); INSERT INTO tickets VALUES (1, 'first'), (2, 'second'), (3, 'third'); INSERT INTO salaries VALUES ('canary')";
            create.ExecuteNonQuery();
        }

        var host = await WholeHost.StartAsync(o => o.DefaultTimeout = TimeSpan.FromMinutes(2), builder =>
        {
            builder.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["App:Title"] = "A desk", ["App:Password"] = "canary" }).Build());
            builder.AddDatabases(d => d.AddSqlite(DatabaseOptions.DefaultName, desk)).AddHttp();
            Runtimes(builder);
        });
        File.WriteAllText(Path.Combine(host.Folder("granted"), "in.txt"), "inside");
        File.WriteAllText(Path.Combine(host.Folder("other"), "out.txt"), "canary");
        await host.ServeAsync(host.Package("callee", "1.0.0", """
            exports.caller = (c) => c.input._caller_plugin;
            exports.internal = () => 1;
            exports.denied = (c) => c.host.kv.get('k');
            """, "contributes: { exports: [caller, denied] }"));
        return host;
    }

    private async Task<string> InstallAsync(HostSubject subject)
    {
        string files = Host.Folder("granted");
        Permission[] grants =
        [
            new(PermissionType.Kv, Access.Read | Access.Write, ["mine:"]), new(PermissionType.Cache, Access.Read | Access.Write, ["mine:"]),
            new(PermissionType.Files, Access.Read, [files]), new(PermissionType.Db, Access.Read, ["tickets"]), new(PermissionType.Config, Access.Read, ["App:*"]),
            new(PermissionType.Http, Access.Execute, [Server.Address]), new(PermissionType.PluginCall, Access.Execute, ["callee", "callers", subject.Name]),
        ];
        string folder = Host.Folder("package-" + subject.Name);
        subject.Write(folder, $$"""
              - { type: kv, access: [read, write], scope: ["mine:"] }
              - { type: cache, access: [read, write], scope: ["mine:"] }
              - { type: files, access: read, scope: ["{{files}}"] }
              - { type: db, access: read, scope: [tickets] }
              - { type: config, access: read, scope: ["App:*"] }
              - { type: http, scope: ["{{Server.Address}}"] }
              - { type: plugin_call, scope: [callee, callers, {{subject.Name}}] }
            """);
        var outcome = await Host.InstallAsync(PackageSource.FromDirectory(folder));
        Assert.Null((await Host.Packages.SetSecretAsync(WholeHost.Operator, subject.Name, "api_key", "canary-secret", Ct)).Error);
        await Host.ApproveAsync(subject.Name, outcome.Digest, grants);
        return outcome.Package.Id;
    }
}
