using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Container;

/// <summary>How plugins run in containers.</summary>
public sealed record ContainerOptions
{
    /// <summary>Where the records of built images, and of which host is alive, are kept. A directory of the host's own; it is made with mode 0700.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Path of the engine's Unix socket; null for the first of the usual ones. Never the network.</summary>
    public string? Socket { get; init; }

    /// <summary>Name under which the engine knows the OCI runtime that is to run plugins (<c>runsc</c> for gVisor); null for the engine's own choice. Where the engine does not have it, no plugin starts.</summary>
    public string? OciRuntime { get; init; }

    /// <summary>Image for each runtime by name, beside or instead of the default <c>localhost/paddock/NAME</c>. They are never pulled: <c>paddock images build</c> makes them, or an operator provides them.</summary>
    public IReadOnlyDictionary<string, string> BaseImages { get; init; } = new Dictionary<string, string>();

    /// <summary>Size of a container's /tmp, the only place where it can write. Default 64 MiB.</summary>
    public long TemporaryBytes { get; init; } = 64L << 20;

    /// <summary>Whether the engine's own small init reaps what a plugin leaves behind. Default true.</summary>
    public bool Init { get; init; } = true;

    /// <summary>From where npm packages may be installed when an image is built. Default the public registry.</summary>
    public Uri NpmRegistry { get; init; } = new("https://registry.npmjs.org/");

    /// <summary>From where wheels may be installed when an image is built. Default the public index.</summary>
    public Uri PipIndex { get; init; } = new("https://pypi.org/simple/");

    /// <summary>Further hosts that an installation may reach, where a registry sends to. Default where the public index keeps its wheels.</summary>
    public IReadOnlyList<string> RegistryHosts { get; init; } = ["files.pythonhosted.org"];

    /// <summary>Whether registries may have private addresses. Default false.</summary>
    public bool AllowPrivateRegistries { get; init; }

    /// <summary>The authorities that installations trust, a PEM file of the host. Default the system's.</summary>
    public string CertificateAuthorities { get; init; } = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>Time for building an image. Default 5 minutes.</summary>
    public TimeSpan BuildTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Memory for building an image. Default 1 GiB.</summary>
    public long BuildMemoryBytes { get; init; } = 1L << 30;

    /// <summary>What an image may hold beyond its base. Default 512 MiB.</summary>
    public long BuiltBytes { get; init; } = 512L << 20;

    /// <summary>Whether images of packages are kept for the next host with this state directory. Without, each is removed when the host that built it ends, or by the next one's sweep. Default true.</summary>
    public bool KeepImages { get; init; } = true;

    /// <summary>Told what the engine said when it refused or failed, for the host's log: it can hold paths of the host, which no plugin sees. Default nobody.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>The authorities that plugins' programs trust where they may speak HTTP, a PEM file of the host. Default the system's.</summary>
    public string PluginAuthorities { get; init; } = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>Directories that nothing of may be shown to a plugin: its own records, and where sockets of engines are.</summary>
    public IReadOnlyList<string> PrivateDirectories => [StateDirectory, .. EngineSocket.Directories(Socket)];

    /// <summary>The warm containers of each Python or Node plugin.</summary>
    public ProtocolOptions Pool { get; init; } = new();

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
