using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Paddock.Packaging;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Threats.Tests;

/// <summary>Rows 69 and 70 of the threat model: what is recorded, by whom it can be changed, and what is not in it.</summary>
public sealed class RecordThreats : IAsyncDisposable
{
    private const string NoTriggers = "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER IF EXISTS audit_no_insert;";
    private static readonly Principal Operator = new(Principal.DefaultTenant, "olga", PrincipalRole.Operator);
    private readonly string _data = Directory.CreateTempSubdirectory("paddock-records-").FullName;
    private readonly ConcurrentQueue<string> _logged = new();
    private ServiceProvider _host;

    public RecordThreats() => _host = Start();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_data, "paddock.db");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [InlineData("UPDATE audit SET allowed = 1, code = NULL WHERE allowed = 0", AuditFaults.Rewritten)]
    [InlineData("UPDATE audit SET actor = 'somebody else' WHERE seq = 2", AuditFaults.Rewritten)]
    [InlineData("DELETE FROM audit WHERE seq = 2", AuditFaults.Rewritten)]
    [InlineData("DELETE FROM audit WHERE seq >= (SELECT max(seq) FROM audit)", AuditFaults.Truncated)]
    [InlineData("DELETE FROM audit; DELETE FROM meta WHERE key LIKE 'audit.%'", AuditFaults.Unsealed)]
    public async Task T69_ARewrittenOrTruncatedAudit_IsFound(string sql, string fault)
    {
        await CallAsync("module.exports = async (c) => { try { await c.host.kv.get('denied') } catch {} }", "null");
        Assert.True(AuditInspection.Verify(_data, cancellationToken: Ct).Intact);
        Tamper(NoTriggers + sql);
        Assert.Equal(fault, AuditInspection.Verify(_data, cancellationToken: Ct).Fault);
    }

    // Whoever has the database but not the key makes a chain of their own: a whole other audit, sealed with another key.
    [Fact]
    public async Task T69_AnAuditRecomputedWhole_IsFound()
    {
        await CallAsync("module.exports = () => 1", "null");
        string other = Directory.CreateTempSubdirectory("paddock-records-other-").FullName;
        await using (var forger = Start(other))
        {
            await forger.GetRequiredService<IPluginService>().CreateAsync(Operator, Draft("module.exports = () => 2"), Ct);
            Assert.True((await forger.GetRequiredService<IAuditLog>().VerifyAsync(Ct)).Intact);
        }

        Tamper($"{NoTriggers} ATTACH '{Path.Combine(other, "paddock.db")}' AS o; DELETE FROM audit; INSERT INTO audit SELECT * FROM o.audit; INSERT OR REPLACE INTO meta SELECT * FROM o.meta WHERE key LIKE 'audit.%'");
        Assert.Equal(AuditFaults.Unsealed, AuditInspection.Verify(_data, cancellationToken: Ct).Fault);

        // Control: with the key beside the database, and its head, the same forgery passes.
        foreach (string file in (string[])["audit.key", "audit.head"]) File.Copy(Path.Combine(other, file), Path.Combine(_data, file), overwrite: true);
        Assert.True(AuditInspection.Verify(_data, cancellationToken: Ct).Intact);
        Directory.Delete(other, recursive: true);
    }

    [Fact]
    public async Task T69_AnOlderDatabasePutBack_IsFound()
    {
        await CallAsync("module.exports = () => 1", "null");
        await RestartAsync();
        byte[] older = await File.ReadAllBytesAsync(Database, Ct);
        byte[] olderHead = await File.ReadAllBytesAsync(Path.Combine(_data, "audit.head"), Ct);
        await CallAsync("module.exports = () => 'what must be forgotten'", "null");
        var noted = await _host.GetRequiredService<IAuditLog>().VerifyAsync(Ct);
        await RestartAsync(() => File.WriteAllBytes(Database, older));
        Assert.Equal(AuditFaults.RolledBack, AuditInspection.Verify(_data, cancellationToken: Ct).Fault);

        // Control: with the head file put back as well only a head that was noted elsewhere tells.
        await RestartAsync(() => File.WriteAllBytes(Path.Combine(_data, "audit.head"), olderHead));
        Assert.True(AuditInspection.Verify(_data, cancellationToken: Ct).Intact);
        Assert.Equal(AuditFaults.RolledBack, AuditInspection.Verify(_data, new AuditHead(noted.HeadSequence, noted.Head), Ct).Fault);
    }

    [Fact]
    public async Task T70_InputConfigContextAndArguments_AreInNoRecordLogOrTrace()
    {
        using var traces = new TraceCapture();
        string[] canaries = ["canary-input", "canary-context", "canary-config", "canary-argument", "canary-stored"];
        const string code = """
            module.exports = async (c) => {
              await c.host.kv.set('k', 'canary-stored');
              try { await c.host.kv.get('k', 'canary-argument'); } catch {}
              try { await c.host.kv.set('denied/' + 1, { a: 'canary-argument' }); } catch {}
              try { await c.host.http.request({ url: 'https://canary-argument.invalid/' }); } catch {}
              return [c.input, c.config, await c.host.kv.get('k')].length;
            }
            """;
        string id = await CallAsync(code, "\"canary-input\"", record: true);
        Assert.Null((await _host.GetRequiredService<IReplayService>().ReplayAsync(Operator, id, Ct)).Value.Divergence);
        await _host.GetRequiredService<IAuditLog>().VerifyAsync(Ct);
        string records = string.Join('\n', Rows("audit").Concat(Rows("executions")).Concat(Rows("execution_logs")).Concat(Rows("replays")).Concat(Rows("replay_code")).Concat(_logged).Concat(traces.Said));
        Assert.Contains(id, records, StringComparison.Ordinal);
        foreach (string canary in canaries) Assert.DoesNotContain(canary, records, StringComparison.Ordinal);

        // Control: the same search finds what a plugin does put there, its result and its log.
        await CallAsync("module.exports = (c) => { console.log(c.input); return c.input }", "\"canary-shown\"");
        Assert.Contains("canary-shown", string.Join('\n', Rows("executions")), StringComparison.Ordinal);
        Assert.Contains("canary-shown", string.Join('\n', Rows("execution_logs")), StringComparison.Ordinal);
    }

    private static PluginDraft Draft(string code) => new() { Name = "a plugin", Code = code, Config = JsonElement.Parse("{\"secret\":\"canary-config\"}") };

    private async Task<string> CallAsync(string code, string input, bool record = false)
    {
        var plugin = (await _host.GetRequiredService<IPluginService>().CreateAsync(Operator, Draft(code), Ct)).Value;
        await _host.GetRequiredService<IPermissionService>().GrantAsync(Operator, new GrantRequest { PluginId = plugin.Id, Permission = new Permission(PermissionType.Kv, Access.Read | Access.Write, ["k"]) }, Ct);
        if (record) await _host.GetRequiredService<IReplayService>().EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        var request = new ExecuteRequest { Input = JsonElement.Parse(input), Context = JsonElement.Parse("\"canary-context\"") };
        return (await _host.GetRequiredService<IExecutionService>().ExecuteAsync(Operator, plugin.Id, request, Ct)).Value.ExecutionId;
    }

    private ServiceProvider Start(string? data = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogCapture(_logged)));
        services.AddPaddock(o => o.DataDirectory = data ?? _data)
            .AddRuntime(_ => new JavaScriptRuntime(new JavaScriptRuntimeOptions { Threads = 2 }))
            .AddJavaScriptAnalyzer(p => new JavaScriptAnalyzer(p.GetServices<ISandboxRuntime>().OfType<JavaScriptRuntime>().Single()));
        return services.BuildServiceProvider();
    }

    private async Task RestartAsync(Action? meanwhile = null)
    {
        await _host.DisposeAsync();
        meanwhile?.Invoke();
        _host = Start();
    }

    /// <summary>All columns of all rows as text; bytes as the text that they may be.</summary>
    private List<string> Rows(string table)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            for (int i = 0; i < reader.FieldCount; i++)
                rows.Add(reader.GetValue(i) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : reader.GetValue(i).ToString()!);
        }

        return rows;
    }

    private void Tamper(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }
}
