using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>A role of one plugin, with which its statements log in. There is one for reading and one for writing. Its password is in this process only.</summary>
internal sealed class PluginRole : IAsyncDisposable
{
    /// <summary>What the names of all roles of plugins begin with.</summary>
    internal const string Prefix = "paddock_p_";

    /// <param name="database">Paddock's name of the database and the server's, so that two hosts, or two databases of a server, share no role.</param>
    /// <param name="tenant">Tenant of the plugin.</param>
    /// <param name="plugin">The plugin.</param>
    /// <param name="onlyReads">Which of the two.</param>
    /// <param name="administrator">Connection string that says where the server is.</param>
    internal PluginRole(string database, string tenant, string plugin, bool onlyReads, string administrator)
    {
        OnlyReads = onlyReads;
        Name = NameOf(database, tenant, plugin, onlyReads);
        Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var builder = new NpgsqlConnectionStringBuilder(administrator)
        {
            Username = Name,
            Password = Password,
            Passfile = null,
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = 8,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
            NoResetOnClose = false,
            Enlist = false,
            Multiplexing = false,
            MaxAutoPrepare = 0,
            IncludeErrorDetail = false,
            CommandTimeout = 0,
            CancellationTimeout = 2_000,
            ApplicationName = "paddock",
        };

        // A plugin's role may not read the catalog, and needs no types from it: values come as text.
        Source = new NpgsqlDataSourceBuilder(builder.ConnectionString).ConfigureTypeLoading(types => types.EnableTypeLoading(false)).Build();
    }

    internal string Name { get; }

    internal string Password { get; }

    internal bool OnlyReads { get; }

    internal NpgsqlDataSource Source { get; }

    /// <summary>The rights that it has now; null before the first time.</summary>
    internal AppliedRights? Applied { get; set; }

    // Letters and digits only, so it needs no quotes anywhere.
    internal static string NameOf(string database, string tenant, string plugin, bool onlyReads) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{database}\0{tenant}\0{plugin}")))[..32] + (onlyReads ? "_r" : "_w");

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    /// <summary>What a role was granted.</summary>
    /// <param name="Rights">The grants it was worked out from.</param>
    /// <param name="Statements">The GRANT statements.</param>
    /// <param name="At">When, on the host's monotonic clock.</param>
    internal sealed record AppliedRights(TableRights Rights, IReadOnlyList<string> Statements, long At);
}
