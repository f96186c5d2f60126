namespace Paddock.HostApi.Databases;

/// <summary>How plugins use a database of PostgreSQL.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>The schemas whose tables can be granted, the first without its name (<c>tickets</c>), the others with it (<c>sales.orders</c>). Default <c>public</c>.</summary>
    public IReadOnlyList<string> Schemas { get; set; } = ["public"];

    /// <summary>Most statements of plugins that run at once. Default 20.</summary>
    public int Connections { get; set; } = 20;

    /// <summary>How long a role's rights stand before the tables that its grants name are looked up again. Default 10 s.</summary>
    public TimeSpan SchemaRefresh { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A weakening, for servers whose administrator is no superuser: what PUBLIC may do in <c>pg_catalog</c> and <c>information_schema</c>
    /// plugins may do too. They see the names of all tables, columns and roles, sizes and settings, and can take advisory locks, keep large
    /// objects and notify. Default false: without <see cref="PostgreSqlSetup"/> every call is refused.
    /// </summary>
    public bool CatalogStaysPublic { get; set; }
}
