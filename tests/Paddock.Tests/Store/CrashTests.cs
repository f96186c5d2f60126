using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Tests.Store;

/// <summary>kill -9 while many writers are at work: what was acknowledged is there afterwards, and nothing is half there.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Variable = "PADDOCK_TEST_CRASH_DIRECTORY";
    private const int Writers = 8;
    private readonly string _path = Directory.CreateTempSubdirectory("paddock-crash-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(400)]
    public async Task Kill_DuringWrites_LosesNothingAcknowledged(int acknowledgements)
    {
        var acknowledged = await WriteUntilKilledAsync(acknowledgements);
        await using var database = Database.Open(_path, NullLogger.Instance);
        var stored = database.Read(c => c.Query<string>("SELECT actor FROM audit")).ToHashSet();
        Assert.True(acknowledged.Count >= acknowledgements);
        Assert.Empty(acknowledged.Except(stored));
        Assert.True((await new AuditStore(database).VerifyAsync(Ct)).Intact);
        Assert.Equal("ok", database.Read(c => c.ExecuteScalar<string>("PRAGMA integrity_check")));
        await new AuditStore(database).WriteAsync(Record("after"), Ct);
    }

    /// <summary>The child: this assembly again, which writes before any test runs and never ends by itself.</summary>
    [ModuleInitializer]
    internal static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } directory) return;
        var audit = new AuditStore(Database.Open(directory, NullLogger.Instance));
        Parallel.For(0, Writers, new ParallelOptions { MaxDegreeOfParallelism = Writers }, writer =>
        {
            for (int i = 0; ; i++)
            {
                string actor = $"{writer}-{i}";
                audit.WriteAsync(Record(actor), CancellationToken.None).AsTask().GetAwaiter().GetResult();
                // One write call a line: a line that the parent reads is a write that was acknowledged.
                lock (audit) Console.WriteLine(actor);
            }
        });
    }

    private async Task<List<string>> WriteUntilKilledAsync(int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CrashTests).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[Variable] = _path;
        using var child = Process.Start(start)!;
        var lines = new List<string>();
        while (lines.Count < acknowledgements && await child.StandardOutput.ReadLineAsync(Ct) is { } line) lines.Add(line);
        child.Kill();
        while (await child.StandardOutput.ReadLineAsync(Ct) is { } line) lines.Add(line);
        await child.WaitForExitAsync(Ct);
        // The last line may be torn: it was acknowledged only if it came whole.
        if (lines.Count > acknowledgements && !IsWhole(lines[^1])) lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static bool IsWhole(string line) => line.Split('-') is [_, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static AuditRecord Record(string actor) => new() { At = DateTimeOffset.UnixEpoch, Tenant = "default", Actor = actor, Action = "test", Allowed = true };
}
