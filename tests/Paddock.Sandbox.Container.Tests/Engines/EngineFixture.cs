using System.Diagnostics;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.HostImages;

namespace Paddock.Engines;

/// <summary>A real engine of the tests' own: its socket, its data and its process, all below one directory that goes with it.</summary>
public abstract class EngineFixture : IAsyncLifetime
{
    private const string CannotRun = "this machine cannot run a container engine of its own";
    private readonly Lazy<Task> _images;
    private Process? _service;
    private string? _cannot;

    protected EngineFixture() => _images = new(BuildImagesAsync);

    public string Root { get; } = Directory.CreateTempSubdirectory("pdk").FullName;

    public string Socket => Path.Combine(Root, "s");

    protected abstract string Program { get; }

    public async ValueTask InitializeAsync()
    {
        if (Environment.UserName != "root" || !File.Exists(Program))
        {
            _cannot = CannotRun;
            return;
        }

        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Program, Arguments()) { RedirectStandardError = true, RedirectStandardOutput = true };
        Prepare(start);
        _service = Process.Start(start)!;
        _service.OutputDataReceived += (_, _) => { };
        _service.ErrorDataReceived += (_, line) => { lock (Said) Said.Add(line.Data ?? ""); };
        _service.BeginErrorReadLine();
        _service.BeginOutputReadLine();
        var end = DateTime.UtcNow.AddSeconds(60);
        while (_cannot is null)
        {
            try
            {
                using var client = await EngineClient.ConnectAsync(EngineSocket.Find(Socket)!, CancellationToken.None);
                return;
            }
            catch (EngineException) when (!_service.HasExited && DateTime.UtcNow < end)
            {
                await Task.Delay(100);
            }
            catch (EngineException e)
            {
                TestContext.Current.SendDiagnosticMessage("{0}: {1}\n{2}", Program, e.Message, string.Join('\n', Said));
                _cannot = CannotRun;
            }
        }
    }

    public List<string> Said { get; } = [];

    public ContainerOptions Options(string store) => new() { StateDirectory = Path.Combine(Root, store), Socket = Socket, Report = m => TestContext.Current.TestOutputHelper?.WriteLine(m) };

    /// <summary>The engine with its base images, or a skip.</summary>
    public async Task ReadyAsync()
    {
        Assert.SkipWhen(_cannot is not null, _cannot ?? "");
        await _images.Value;
    }

    internal Task<EngineClient> ConnectAsync() => EngineClient.ConnectAsync(EngineSocket.Find(Socket)!, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_service is { HasExited: false })
        {
            using var stop = Process.Start("kill", ["-TERM", _service.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _service.WaitForExitAsync(patience.Token);
        }

        _service?.Dispose();
        await RemoveAsync();
        GC.SuppressFinalize(this);
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

    protected abstract IReadOnlyList<string> Arguments();

    protected virtual void Prepare(ProcessStartInfo start)
    {
    }

    // The machine's own interpreters stand for all versions: what is tested is not theirs.
    private async Task BuildImagesAsync()
    {
        foreach (string runtime in (string[])["node18", "node20", "python3.11"]) await HostImageBuilder.BuildAsync(Options("images"), runtime);
    }
}

public sealed class DockerFixture : EngineFixture
{
    protected override string Program => "/usr/sbin/dockerd";

    protected override IReadOnlyList<string> Arguments() =>
    [
        "--host", $"unix://{Socket}", "--data-root", Path.Combine(Root, "data"), "--exec-root", Path.Combine(Root, "exec"), "--pidfile", Path.Combine(Root, "pid"),
        "--bridge=none", "--iptables=false", "--ip-masq=false", "--ip-forward=false",
    ];
}

public sealed class PodmanFixture : EngineFixture
{
    protected override string Program => "/usr/bin/podman";

    // crun refuses a machine with both versions of cgroups mounted; runc does not.
    private static string Runtime => Directory.Exists("/sys/fs/cgroup/unified") ? "/usr/sbin/runc" : "/usr/bin/crun";

    protected override IReadOnlyList<string> Arguments() =>
    [
        "--root", Path.Combine(Root, "data"), "--runroot", Path.Combine(Root, "run"), "--tmpdir", Path.Combine(Root, "tmp"),
        "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", Runtime, "system", "service", "--time", "0", $"unix://{Socket}",
    ];

    protected override void Prepare(ProcessStartInfo start)
    {
        string settings = Path.Combine(Root, "containers.conf");
        File.WriteAllText(settings, "[containers]\ninit_path = \"/usr/bin/catatonit\"\n");
        start.Environment["CONTAINERS_CONF"] = settings;
    }
}
