using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>A database of PostgreSQL. Every statement runs in a session that logged in as a role of the plugin's own, in a transaction that the host ends.</summary>
internal sealed class PostgreSqlDatabase(string name, PostgreSqlSource source, DatabaseOptions options, TimeProvider clock) : IGuestDatabase
{
    private readonly PluginRoles _roles = new(name, source, options, clock);
    private readonly SemaphoreSlim _connections = new(source.Options.Connections, source.Options.Connections);

    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(DatabaseRequest request, CancellationToken deadline)
    {
        await _connections.WaitAsync(deadline).ConfigureAwait(false);
        try
        {
            try
            {
                return await RunOnceAsync(request, null, deadline).ConfigureAwait(false);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                return await RunOnceAsync(request, refused, deadline).ConfigureAwait(false);
            }
        }
        finally
        {
            _connections.Release();
        }
    }

    public async ValueTask ForgetAsync(string tenant, string plugin, CancellationToken cancellationToken) =>
        await _roles.ForgetAsync(tenant, plugin, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _roles.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    // The second time after a refusal: looking the tables up again may mend it, where a table is new since.
    private async Task<ReadOnlyMemory<byte>> RunOnceAsync(DatabaseRequest request, PostgresException? refused, CancellationToken deadline)
    {
        var rights = request.RightsNow();
        try
        {
            var (role, changed) = await _roles.ReadyAsync(request, rights, refused is not null, deadline).ConfigureAwait(false);
            if (refused is not null && !changed) throw PostgreSqlErrors.Of(refused, request.OnlyReads);
            await using var connection = await role.Source.OpenConnectionAsync(deadline).ConfigureAwait(false);
            return await new PostgreSqlRun(request, options, rights, deadline).OnAsync(connection).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            deadline.ThrowIfCancellationRequested();
            throw new HostCallException(ErrorCodes.TimeLimit, "The statement was cancelled.");
        }
        catch (PostgresException e) when (refused is not null || e.SqlState != PostgresErrorCodes.InsufficientPrivilege)
        {
            throw PostgreSqlErrors.Of(e, request.OnlyReads);
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            deadline.ThrowIfCancellationRequested();
            throw new DatabaseFaultException($"The database {name} cannot be reached.", e);
        }
    }
}
