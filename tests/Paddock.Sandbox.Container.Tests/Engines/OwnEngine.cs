using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Paddock.Engines;

/// <summary>A container engine of one's own: its socket, its data and its process, all below one directory that goes with it.</summary>
public sealed class OwnEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<string> _said = [];
    private Process? _service;

    private OwnEngine()
    {
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("pdk").FullName;

    public string Socket => Path.Combine(Root, "s");

    // crun refuses a machine with both versions of cgroups mounted; runc does not.
    private static string OciRuntime => Directory.Exists("/sys/fs/cgroup/unified") ? "/usr/sbin/runc" : "/usr/bin/crun";

    /// <summary>Starts one; null where this machine or this user cannot.</summary>
    /// <param name="podman">podman rather than Docker.</param>
    /// <param name="say">Told why it did not start.</param>
    public static async Task<OwnEngine?> StartAsync(bool podman, Action<string> say)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists(podman ? "/usr/bin/podman" : "/usr/sbin/dockerd")) return null;
        var engine = new OwnEngine();
        engine.Begin(podman ? engine.Podman() : engine.Docker());
        if (await engine.AnswersAsync()) return engine;
        lock (engine._said) say(string.Join('\n', engine._said));
        await engine.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is { HasExited: false })
        {
            using var stop = Process.Start("kill", ["-TERM", _service.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _service.WaitForExitAsync(patience.Token);
        }

        _service?.Dispose();
        await RemoveAsync();
    }

    private ProcessStartInfo Docker() => new("/usr/sbin/dockerd",
    [
        "--host", $"unix://{Socket}", "--data-root", Path.Combine(Root, "data"), "--exec-root", Path.Combine(Root, "exec"), "--pidfile", Path.Combine(Root, "pid"),
        "--add-runtime", "gone=/nonexistent/runsc", "--bridge=none", "--iptables=false", "--ip-masq=false", "--ip-forward=false",
    ]);

    private ProcessStartInfo Podman()
    {
        string settings = Path.Combine(Root, "containers.conf");
        File.WriteAllText(settings, "[containers]\ninit_path = \"/usr/bin/catatonit\"\n");
        var start = new ProcessStartInfo("/usr/bin/podman",
        [
            "--root", Path.Combine(Root, "data"), "--runroot", Path.Combine(Root, "run"), "--tmpdir", Path.Combine(Root, "tmp"),
            "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", OciRuntime, "system", "service", "--time", "0", $"unix://{Socket}",
        ]);
        start.Environment["CONTAINERS_CONF"] = settings;
        return start;
    }

    private void Begin(ProcessStartInfo start)
    {
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        _service = Process.Start(start)!;
        _service.OutputDataReceived += (_, _) => { };
        _service.ErrorDataReceived += (_, line) => { lock (_said) _said.Add(line.Data ?? ""); };
        _service.BeginErrorReadLine();
        _service.BeginOutputReadLine();
    }

    private async Task<bool> AnswersAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(token) });
        for (long start = Stopwatch.GetTimestamp(); !_service!.HasExited && Stopwatch.GetElapsedTime(start) < Patience;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("http://engine/version"));
                if (answer.StatusCode == HttpStatusCode.OK) return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        return false;
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Mounts of the engine's own are below its directory, and some go only a moment after it.
    private async Task RemoveAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            foreach (string mount in File.ReadLines("/proc/self/mounts").Select(l => l.Split(' ')[1]).Where(m => m.StartsWith(Root, StringComparison.Ordinal)).Reverse())
            {
                using var unmount = Process.Start("umount", ["-l", mount]);
                await unmount.WaitForExitAsync();
            }

            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
