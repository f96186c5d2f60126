using System.Collections.Frozen;

namespace Paddock.HostApi.Databases;

/// <summary><c>db.query</c> and <c>db.exec</c> on the databases of a host. Disposed by whoever made it, after the last call.</summary>
public sealed class DatabaseFunctions : HostFunctionGroup, IAsyncDisposable
{
    private readonly DatabaseOptions _options;
    private readonly FrozenDictionary<string, IGuestDatabase> _databases;

    /// <summary>Functions on these databases.</summary>
    /// <param name="options">The databases and the limits; not changed afterwards.</param>
    /// <param name="reserved">Directories whose files are never a plugin's database: the host's own store.</param>
    /// <param name="clock">The clock of deadlines; the system's by default.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or a database is a file of a reserved directory, by whatever name.</exception>
    public DatabaseFunctions(DatabaseOptions options, IReadOnlyList<string> reserved, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reserved);
        if (options.Rows < 1 || options.AnswerBytes < 2 || options.StatementBytes < 1 || options.Parameters < 0 || options.IdleConnections < 0 || options.StatementTimeout <= TimeSpan.Zero)
            throw new ArgumentException("A limit of the databases is out of range.", nameof(options));
        _options = options;
        var files = new ReservedFiles(reserved);
        _databases = options.Sources.ToFrozenDictionary(s => s.Key, s => s.Value.Open(s.Key, options, files, clock ?? TimeProvider.System), StringComparer.Ordinal);
    }

    /// <summary>Removes what the databases keep for a plugin that is uninstalled: its roles in PostgreSQL. Tables and rows are the application's and stay.</summary>
    public async Task ForgetAsync(string tenant, string pluginId, CancellationToken cancellationToken)
    {
        foreach (var database in _databases.Values) await database.ForgetAsync(tenant, pluginId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values) await database.DisposeAsync().ConfigureAwait(false);
    }

    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) =>
        [new Query(_databases, _options, clock, options.OnFault), new Execute(_databases, _options, clock, options.OnFault)];
}
