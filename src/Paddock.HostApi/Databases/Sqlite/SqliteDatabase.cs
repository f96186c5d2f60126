namespace Paddock.HostApi.Databases;

/// <summary>A database file of SQLite. Each plugin has connections of its own, for reading and for writing apart.</summary>
internal sealed class SqliteDatabase : IGuestDatabase
{
    private readonly string _name;
    private readonly string _path;
    private readonly DatabaseOptions _options;
    private readonly ReservedFiles _reserved;
    private readonly Lock _lock = new();
    private readonly LinkedList<((string Tenant, string Plugin, bool OnlyReads) Key, SqliteHandle Handle)> _idle = [];
    private bool _disposed;

    internal SqliteDatabase(string name, string path, DatabaseOptions options, ReservedFiles reserved)
    {
        _name = name;
        _path = path;
        _options = options;
        _reserved = reserved;
        if (reserved.Contains(path)) throw new ArgumentException($"The database {name} is a file of the host's own store.");
    }

    // On the pool: SQLite blocks its thread, and a guest's thread may be one that many guests share.
    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(DatabaseRequest request, CancellationToken deadline) =>
        await Task.Run(() => Run(request, deadline), CancellationToken.None).ConfigureAwait(false);

    // A connection of a plugin that is gone leaves with the next ones.
    public ValueTask ForgetAsync(string tenant, string plugin, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var (_, handle) in _idle) handle.Dispose();
            _idle.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private ReadOnlyMemory<byte> Run(DatabaseRequest request, CancellationToken deadline)
    {
        deadline.ThrowIfCancellationRequested();
        var key = (request.Tenant, request.PluginId, request.OnlyReads);
        var handle = Take(key);
        try
        {
            var run = new SqliteRun(handle, request, _options, deadline);
            var answer = request.OnlyReads ? run.Query() : run.Execute();
            Return(key, handle);
            return answer;
        }
        catch (HostCallException)
        {
            Return(key, handle);
            throw;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private SqliteHandle Take((string Tenant, string Plugin, bool OnlyReads) key)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Key != key) continue;
                _idle.Remove(node);
                return node.Value.Handle;
            }
        }

        // SECURITY: again, because a link or a file may have been put there since.
        if (_reserved.Contains(_path)) throw new InvalidOperationException($"The database {_name} is a file of the host's own store.");
        return SqliteHandle.Open(_path, key.OnlyReads, _options);
    }

    private void Return((string Tenant, string Plugin, bool OnlyReads) key, SqliteHandle handle)
    {
        SqliteHandle? surplus = handle;
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.AddLast((key, handle));
                surplus = null;
                if (_idle.Count > _options.IdleConnections)
                {
                    surplus = _idle.First!.Value.Handle;
                    _idle.RemoveFirst();
                }
            }
        }

        surplus?.Dispose();
    }
}
