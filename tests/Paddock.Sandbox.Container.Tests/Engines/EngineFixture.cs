using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.HostImages;

namespace Paddock.Engines;

/// <summary>A real engine of the tests' own, with base images.</summary>
public abstract class EngineFixture(bool podman, params string[] runtimes) : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private OwnEngine? _engine;
    private bool _hasImages;

    // Where there is none, every test that would use them is skipped, or is about that.
    public string Root => _engine?.Root ?? Path.GetTempPath();

    public string Socket => _engine?.Socket ?? Path.Combine(Path.GetTempPath(), "no-such-engine");

    public async ValueTask InitializeAsync() => _engine = await OwnEngine.StartAsync(podman, said => TestContext.Current.SendDiagnosticMessage("{0}", said));

    public ContainerOptions Options(string store) => new() { StateDirectory = Path.Combine(Root, store), Socket = Socket, Report = m => TestContext.Current.TestOutputHelper?.WriteLine(m) };

    /// <summary>The engine with its base images, or a skip.</summary>
    public async Task ReadyAsync()
    {
        Assert.SkipWhen(_engine is null, "this machine cannot run a container engine of its own");
        await _gate.WaitAsync();
        try
        {
            // The machine's own interpreters stand for all versions: what is tested is not theirs.
            if (!_hasImages) await Task.WhenAll(runtimes.Select(runtime => HostImageBuilder.BuildAsync(Options("images"), runtime)));
            _hasImages = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    internal Task<EngineClient> ConnectAsync() => EngineClient.ConnectAsync(EngineSocket.Find(Socket)!, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class DockerFixture() : EngineFixture(podman: false, "node18", "node20", "python3.11", "dotnet10");

public sealed class PodmanFixture() : EngineFixture(podman: true, "node18", "node20", "python3.11", "dotnet10");

/// <summary>An engine for what is installed in images, which takes podman as long as all the rest does.</summary>
public sealed class PodmanBuildsFixture() : EngineFixture(podman: true, "node18", "node20", "python3.11");
