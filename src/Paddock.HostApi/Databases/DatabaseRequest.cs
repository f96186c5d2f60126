namespace Paddock.HostApi.Databases;

/// <summary>One statement of a guest.</summary>
/// <param name="Text">The statement as the guest wrote it.</param>
/// <param name="Values">Its parameters in order: null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/> or <see cref="string"/>.</param>
/// <param name="OnlyReads">Whether it came by <c>db.query</c>.</param>
/// <param name="Tenant">Tenant of the plugin.</param>
/// <param name="PluginId">The plugin.</param>
/// <param name="RightsNow">Asks the grants that hold at this moment.</param>
internal sealed record DatabaseRequest(
    string Text, IReadOnlyList<object?> Values, bool OnlyReads, string Tenant, string PluginId, Func<TableRights> RightsNow)
{
    /// <summary>Told of each table that the statement reads or writes, or was refused; where the database says which.</summary>
    internal Action<Access, string>? Touched { get; init; }
}

/// <summary>A database as guests reach it. What a guest did wrong is thrown as a <see cref="HostCallException"/>.</summary>
internal interface IGuestDatabase : IAsyncDisposable
{
    /// <summary>Runs one statement; the answer's JSON.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="deadline">Fires when the call is over, or the statement's time.</param>
    ValueTask<ReadOnlyMemory<byte>> RunAsync(DatabaseRequest request, CancellationToken deadline);

    /// <summary>Removes what the database keeps for a plugin: its roles.</summary>
    ValueTask ForgetAsync(string tenant, string plugin, CancellationToken cancellationToken);
}
