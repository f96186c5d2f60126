using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Paddock.Samples.Demo;
using Paddock.Samples.Demo.HelpDesk;

namespace Paddock.EndToEnd.Tests;

/// <summary>The sample application as it is started, with the sample plugins compiled, installed and approved as they ask.</summary>
public sealed class HelpDeskFixture : IAsyncLifetime
{
    internal const string JavaScript = "statistics-javascript", C = "statistics-gk-c", AssemblyScript = "statistics-extism-assemblyscript", Curious = "curious";

    private readonly TemporaryFolder _folder = new();
    private Server? _server;

    /// <summary>The statistics plugin in each of its languages, and its route.</summary>
    public static TheoryData<string, string> Statistics => new() { { JavaScript, "/statistics/javascript" }, { C, "/statistics/c" }, { AssemblyScript, "/statistics/assemblyscript" } };

    internal Browser Agent { get; private set; } = null!;

    internal Browser Administrator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (await Tool.RunAsync(Built.PluginBuild, _folder.At("packages"))).Expect(0);
        _server = await Server.StartAsync(Built.HelpDesk, ["--data", _folder.At("data"), "--urls", "http://127.0.0.1:0", "--stop-with-input"], CancellationToken.None);
        Agent = await Browser.SignInAsync(_server.Address, "anna", _server.Printed["anna password"]);
        Administrator = await Browser.SignInAsync(_server.Address, "adam", _server.Printed["adam password"]);
        foreach (string plugin in new[] { JavaScript, C, AssemblyScript }) await InstallAsync(plugin, _ => true);
        await InstallAsync(Curious, entry => entry.EndsWith("/tickets", StringComparison.Ordinal));
    }

    internal Task<PageSeen> AskAsync(string plugin, string handler, params (string Name, string Value)[] fields) =>
        Administrator.SubmitAsync($"/plugins/{plugin}", $"/plugins/{plugin}?handler={handler}", fields);

    /// <summary>Grants of what a plugin asks for the entries that are chosen.</summary>
    internal async Task<PageSeen> GrantAsync(string plugin, Func<string, bool> entries)
    {
        var page = await Administrator.SeeAsync($"/plugins/{plugin}");
        return await AskAsync(plugin, "Approve", [("digest", page.Digest), .. page.Asked.Where(entries).Select(e => ("grants", e))]);
    }

    /// <summary>What SQL counts in the application's own database, by its label.</summary>
    internal IReadOnlyList<(string Label, long Count)> Count(string sql)
    {
        using var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder.At("data"), "helpdesk.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<(string, long)>();
        while (reader.Read()) rows.Add((reader.GetString(0), reader.GetInt64(1)));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Agent?.Dispose();
        Administrator?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task InstallAsync(string plugin, Func<string, bool> entries)
    {
        string zip = _folder.At(plugin + ".zip");
        ZipFile.CreateFromDirectory(Path.Combine(_folder.At("packages"), plugin), zip);
        var page = await Administrator.UploadAsync("/plugins", "/plugins?handler=Install", "package", plugin + ".zip", await File.ReadAllBytesAsync(zip));
        Assert.True(page.Digest.Length == 64, page.Notice);
        await GrantAsync(plugin, entries);
    }
}
