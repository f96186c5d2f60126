using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paddock.Packaging;
using Paddock.Store;

namespace Paddock.Tests.Seam;

/// <summary>A whole host on a real database file, with a scripted runtime.</summary>
internal sealed class HostFixture : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("paddock-test-").FullName;
    private readonly Action<PaddockOptions>? _configure;
    private ServiceProvider _services;
    private List<IHostedService> _hosted = [];

    public HostFixture(Action<PaddockOptions>? configure = null)
    {
        _configure = configure;
        Directory.CreateDirectory(Path.Combine(_root, "share"));
        _services = Start();
    }

    public static Principal Author { get; } = new(Principal.DefaultTenant, "ann", PrincipalRole.Author);

    public static Principal OtherAuthor { get; } = new(Principal.DefaultTenant, "bob", PrincipalRole.Author);

    public static Principal Agent { get; } = new(Principal.DefaultTenant, "ann", PrincipalRole.Agent);

    public static Principal Operator { get; } = new(Principal.DefaultTenant, "olga", PrincipalRole.Operator);

    public static Principal OtherTenant { get; } = new("elsewhere", "olga", PrincipalRole.Operator);

    public ScriptedRuntime Runtime { get; private set; } = new();

    public SetClock Clock { get; } = new();

    public string DataDirectory => Path.Combine(_root, "data");

    public string Share => Path.Combine(_root, "share");

    public IPluginService Plugins => Get<IPluginService>();

    public IExecutionService Executions => Get<IExecutionService>();

    public IPermissionService Permissions => Get<IPermissionService>();

    public IAuditLog Audit => Get<IAuditLog>();

    public Database Database => Get<Database>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static PluginDraft Draft(params string[] steps) => new() { Name = "a plugin", Code = string.Join('\n', ["// steps of a test", .. steps]) };

    public static PluginPatch Patch(object members) => PluginPatch.FromJson(JsonSerializer.SerializeToElement(members));

    public async Task<PluginRecord> CreateAsync(params string[] steps) => (await Plugins.CreateAsync(Author, Draft(steps), Ct)).Value;

    public async Task<PluginRecord> ChangeCodeAsync(string id, params string[] steps) =>
        (await Plugins.UpdateAsync(Author, id, Patch(new { code = Draft(steps).Code }), Ct)).Value;

    public async Task<CallResult> ExecuteAsync(string id, ExecuteRequest? request = null) =>
        (await Executions.ExecuteAsync(Author, id, request ?? new ExecuteRequest(), Ct)).Value.Result;

    public async Task<GrantRecord> GrantKvAsync(string id) =>
        (await Permissions.GrantAsync(Operator, new GrantRequest { PluginId = id, Permission = Kv }, Ct)).Value;

    public static Permission Kv { get; } = new(PermissionType.Kv, Access.Read | Access.Write, ["*"]);

    /// <summary>Writes to the file behind the host's back.</summary>
    public void Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(DataDirectory, "paddock.db")};Pooling=False;Default Timeout=30");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Starts what an application starts: packages come back, the packages directory is watched.</summary>
    public async Task StartHostedAsync()
    {
        var hosted = _services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted.OfType<IHostedLifecycleService>()) await service.StartingAsync(Ct);
        foreach (var service in hosted) await service.StartAsync(Ct);
        foreach (var service in hosted.OfType<IHostedLifecycleService>()) await service.StartedAsync(Ct);
        _hosted = hosted;
    }

    /// <summary>The host ends and another starts on the same directory.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await _services.DisposeAsync();
        meanwhile?.Invoke();
        Runtime = new ScriptedRuntime();
        _services = Start();
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostedAsync();
        await _services.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StopHostedAsync()
    {
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StoppingAsync(CancellationToken.None);
        foreach (var service in Enumerable.Reverse(_hosted)) await service.StopAsync(CancellationToken.None);
        foreach (var service in _hosted.OfType<IHostedLifecycleService>()) await service.StoppedAsync(CancellationToken.None);
        _hosted = [];
    }

    private ServiceProvider Start()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddPaddock(options =>
        {
            options.DataDirectory = DataDirectory;
            _configure?.Invoke(options);
        }).AddRuntime(_ => Runtime).AddJavaScriptAnalyzer(_ => new NoFindingsAnalyzer());
        return services.BuildServiceProvider();
    }
}
