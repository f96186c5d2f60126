using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Paddock.HostApi.Tests.Databases;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A PostgreSQL server of these tests alone: a fresh cluster in a temporary directory, on a free port of loopback. Started by the first test that asks.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Password = "administrator-of-the-tests";

    private readonly Lazy<Task<int>> _port;
    private Process? _process;

    public PostgreSqlServer() => _port = new Lazy<Task<int>>(() => Task.Run(StartAsync));

    /// <summary>Connection string of a superuser.</summary>
    public async Task<string> AdministratorAsync(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = await _port.Value, Username = "postgres", Password = Password, Database = database, Pooling = false }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;

        // The end of its input ends the server, and the shell that waits for it removes the directory.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<int> StartAsync()
    {
        var programs = Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).Last();
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            if (await StartAsync(programs, port)) return port;
            if (attempt == 3) throw new InvalidOperationException("PostgreSQL does not start.");
        }
    }

    // Another process may have taken the port meanwhile: false then. The shell outlives a killed test run only until it reads the end of its input.
    private async Task<bool> StartAsync(string programs, int port)
    {
        const string Script = """
            set -e
            dir=$(mktemp -d /tmp/paddock-pg-XXXXXX); trap 'rm -rf "$dir"' EXIT
            if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as="setpriv --reuid=postgres --regid=postgres --init-groups"; else as=""; fi
            cd "$dir"; export HOME="$dir" LC_ALL=C
            printf %s "$3" > pw; [ -z "$as" ] || chown postgres pw
            $as "$1/initdb" -D "$dir/data" -U postgres --pwfile=pw -A scram-sha-256 -E UTF8 --locale=C --no-sync >init.log 2>&1 </dev/null || { cat init.log; exit 1; }
            $as "$1/postgres" -D "$dir/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" -c fsync=off -c max_connections=60 -c log_min_messages=fatal </dev/null >log 2>&1 &
            server=$!
            for i in $(seq 300); do
              "$1/pg_isready" -q -h 127.0.0.1 -p "$2" && break
              kill -0 $server 2>/dev/null || break
              sleep 0.1
            done
            if kill -0 $server 2>/dev/null; then echo ready; cat >/dev/null || true; else cat log; echo failed; fi
            kill -QUIT $server 2>/dev/null || true; wait $server 2>/dev/null || true
            """;
        var process = Process.Start(new ProcessStartInfo("bash", ["-c", Script, "postgres-for-tests", programs, port.ToString(System.Globalization.CultureInfo.InvariantCulture), Password])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                _process = process;
                return true;
            }

            said.Add(line);
        }

        await process.WaitForExitAsync();
        process.Dispose();
        return said.Count == 0 || said[^1] == "failed" ? false : throw new InvalidOperationException("PostgreSQL does not start: " + string.Join(' ', said));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
