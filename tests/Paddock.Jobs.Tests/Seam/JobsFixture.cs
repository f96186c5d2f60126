using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Paddock.Jobs.Running;

namespace Paddock.Jobs.Tests.Seam;

/// <summary>A host with jobs on a real database file; its calls and contributions are scripted, its clock is set.</summary>
internal sealed class JobsFixture : IAsyncDisposable
{
    public const string Plugin = "ticket-stats";
    public const string Digest = "d1";
    private readonly string _root = Directory.CreateTempSubdirectory("paddock-test-").FullName;
    private readonly Action<JobsOptions>? _configure;
    private ServiceProvider _services;

    public JobsFixture(Action<JobsOptions>? configure = null)
    {
        _configure = configure;
        _services = Build();
        _ = Runs;
        InsertPlugin(Plugin);
    }

    public static Principal Operator { get; } = new(Principal.DefaultTenant, "olga", PrincipalRole.Operator);

    public static Principal Author { get; } = new(Principal.DefaultTenant, "ann", PrincipalRole.Author);

    public static Principal OtherTenant { get; } = new("elsewhere", "olga", PrincipalRole.Operator);

    public SetClock Clock { get; } = new();

    public ScriptedCalls Calls { get; private set; } = new();

    public ScriptedContributions Contributions { get; } = new();

    public IJobs Jobs => Get<IJobs>();

    public IJobRunStore Runs => Get<IJobRunStore>();

    public JobRunner Runner => Get<JobRunner>();

    public JobScheduler Scheduler => Get<JobScheduler>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static JobRegistration Nightly { get; } = new("nightly", "run_nightly", "30 2 * * *");

    public void Contribute(params JobRegistration[] jobs) => ContributeOf(Digest, jobs);

    public void ContributeOf(string digest, params JobRegistration[] jobs) =>
        Contributions.Set([.. jobs.Select(job => new Contributed<JobRegistration>(Plugin, digest, job))]);

    /// <summary>The job falls due now.</summary>
    public Task<JobTicket> FireAsync(string job = "nightly") =>
        Runner.BeginAsync(JobFiring.ByTheClock(Get<JobTable>().Find(new JobName(Principal.DefaultTenant, Plugin, job))!, Clock.GetUtcNow()));

    /// <summary>The newest run.</summary>
    public async Task<JobRunRecord> NewestAsync() => (await HistoryAsync())[0];

    public async Task<IReadOnlyList<JobRunRecord>> HistoryAsync() => (await Jobs.HistoryAsync(Operator, cancellationToken: Ct)).Value;

    public void InsertPlugin(string name) => Execute(
        $"""
        INSERT INTO plugins (id, tenant, owner, name, description, code, enabled, runtime, digest, size, revision, created_at, updated_at, kind)
        VALUES ('plg_{name}', 'default', 'olga', '{name}', '', '', 1, 0, '{Digest}', 0, 1, 0, 0, 1)
        """);

    /// <summary>Writes to the file behind the host's back.</summary>
    public void Execute(string sql) => Count(sql);

    /// <summary>The first value that a statement answers; 0 for none.</summary>
    public long Count(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_root, "data", "paddock.db")};Pooling=False;Default Timeout=30;Foreign Keys=True");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar() ?? 0L, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The host ends, as by kill where it did not stop before, and another starts on the same directory.</summary>
    public async Task RestartAsync()
    {
        var before = _services;
        await before.DisposeAsync();
        Calls = new ScriptedCalls();
        _services = Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IContributions>(Contributions);
        services.AddSingleton<IPluginCalls>(Calls);
        services.AddPaddock(options => options.DataDirectory = Path.Combine(_root, "data")).AddJobs(options =>
        {
            options.ShutdownTimeout = TimeSpan.Zero;
            _configure?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }
}
