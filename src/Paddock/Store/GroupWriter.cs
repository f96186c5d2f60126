using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Store;

/// <summary>One thread that writes. What waits while the disk is busy shares the next commit: durability costs one flush for many writers.</summary>
internal sealed class GroupWriter : IAsyncDisposable
{
    private const int LargestGroup = 64;
    private readonly BlockingCollection<Write> _queue = [];
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _savepoint;
    private readonly SqliteCommand _release;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupWriter(SqliteConnection connection)
    {
        _connection = connection;
        // Made once: they stay prepared.
        _begin = Command("BEGIN IMMEDIATE");
        _commit = Command("COMMIT");
        _savepoint = Command("SAVEPOINT one");
        _release = Command("RELEASE one");
        // Disk waits belong on no thread of the pool.
        new Thread(Run) { IsBackground = true, Name = "Paddock store writer" }.Start();
    }

    /// <summary>Told of each commit, on the writer's thread, before anybody else is. Must not throw.</summary>
    public Action<SqliteConnection>? Committed { get; set; }

    public Task<T> EnqueueAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        var write = new Write<T>(work, cancellationToken);
        try
        {
            _queue.Add(write, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(Database));
        }

        return write.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_queue.IsAddingCompleted) _queue.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
        foreach (var command in (SqliteCommand[])[_begin, _commit, _savepoint, _release]) await command.DisposeAsync().ConfigureAwait(false);
        _queue.Dispose();
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void Run()
    {
        var group = new List<Write>(LargestGroup);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < LargestGroup && _queue.TryTake(out var next)) group.Add(next);
            Commit(group);
            group.Clear();
        }

        _ended.SetResult();
    }

    private void Commit(List<Write> group)
    {
        try
        {
            _begin.ExecuteNonQuery();
            foreach (var write in group) Perform(write);
            _commit.ExecuteNonQuery();
            Committed?.Invoke(_connection);
        }
        catch (Exception e)
        {
            RollBack();
            foreach (var write in group) write.Fail(e);
            return;
        }

        foreach (var write in group) write.Acknowledge();
    }

    private void Perform(Write write)
    {
        if (!write.Begin()) return;
        _savepoint.ExecuteNonQuery();
        try
        {
            write.Perform(_connection);
        }
        catch (Exception e)
        {
            // A full disk ends the whole transaction by itself; then nobody of this group has anything to be acknowledged.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) != 0) throw;
            _connection.Execute("ROLLBACK TO one");
            write.Fail(e);
        }

        _release.ExecuteNonQuery();
    }

    private void RollBack()
    {
        try
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The next BEGIN reports what is wrong with the connection.
        }
    }

    private abstract class Write
    {
        public abstract bool Begin();

        public abstract void Perform(SqliteConnection connection);

        public abstract void Acknowledge();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) : Write
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _completion.Task;

        public override bool Begin() => !(cancellationToken.IsCancellationRequested && _completion.TrySetCanceled(cancellationToken));

        public override void Perform(SqliteConnection connection) => _result = work(connection);

        public override void Acknowledge() => _completion.TrySetResult(_result!);

        public override void Fail(Exception exception) => _completion.TrySetException(exception);
    }
}
