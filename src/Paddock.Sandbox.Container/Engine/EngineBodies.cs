using System.Text.Json;
using System.Text.Json.Serialization;

namespace Paddock.Sandbox.Container.Engine;

// The names are the Engine API's own. Only what is used is here.

internal sealed record ContainerBody
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Entrypoint { get; init; }

    public IReadOnlyList<string> Cmd { get; init; } = [];

    public IReadOnlyList<string> Env { get; init; } = [];

    public required string User { get; init; }

    public required string WorkingDir { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; } = true;

    public bool AttachStderr { get; init; } = true;

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    public bool NetworkDisabled { get; init; } = true;

    public required HostConfigBody HostConfig { get; init; }
}

internal sealed record HostConfigBody
{
    public string NetworkMode { get; init; } = "none";

    public string IpcMode { get; init; } = "none";

    public bool Privileged { get; init; }

    public bool ReadonlyRootfs { get; init; } = true;

    public bool Init { get; init; }

    public bool AutoRemove { get; init; }

    public IReadOnlyList<string> CapDrop { get; init; } = ["ALL"];

    public IReadOnlyList<string> SecurityOpt { get; init; } = ["no-new-privileges"];

    public required long Memory { get; init; }

    public required long MemorySwap { get; init; }

    public required long NanoCpus { get; init; }

    public required long PidsLimit { get; init; }

    public required IReadOnlyList<UlimitBody> Ulimits { get; init; }

    public required IReadOnlyDictionary<string, string> Tmpfs { get; init; }

    public IReadOnlyList<string> Binds { get; init; } = [];

    public IReadOnlyList<MountBody> Mounts { get; init; } = [];

    public LogConfigBody LogConfig { get; init; } = new("none");

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Runtime { get; init; }
}

/// <summary>A directory of the host. The engine does not make it where it is missing.</summary>
internal sealed record MountBody(string Source, string Target, bool ReadOnly)
{
    public string Type { get; init; } = "bind";

    public BindBody BindOptions { get; init; } = new();
}

/// <summary>SECURITY: what is mounted below a directory was not granted with it, and engines leave it writable in one that is only to be read.</summary>
internal sealed record BindBody
{
    public string Propagation { get; init; } = "rprivate";

    public bool NonRecursive { get; init; } = true;
}

internal sealed record UlimitBody(string Name, long Soft, long Hard);

internal sealed record LogConfigBody(string Type);

internal sealed record CreatedBody(string? Id, IReadOnlyList<string>? Warnings);

internal sealed record VersionBody(string? Version, string? ApiVersion, string? MinAPIVersion, IReadOnlyList<ComponentBody>? Components);

internal sealed record ComponentBody(string? Name);

internal sealed record InfoBody(
    string? OSType,
    string? DefaultRuntime,
    bool MemoryLimit,
    bool CpuCfsQuota,
    bool PidsLimit,
    IReadOnlyList<string>? SecurityOptions,
    IReadOnlyDictionary<string, JsonElement>? Runtimes);

internal sealed record ContainerInspection(string? Id, string? Image, ContainerState? State, string? OCIRuntime, HostConfigInspection? HostConfig);

internal sealed record ContainerState(bool Running, int ExitCode, bool OOMKilled, string? Status);

internal sealed record HostConfigInspection(string? Runtime);

internal sealed record ListedContainer(string? Id, IReadOnlyDictionary<string, string>? Labels);

internal sealed record ListedImage(string? Id, IReadOnlyDictionary<string, string>? Labels);

internal sealed record ImageInspection(string? Id, ImageConfig? Config);

internal sealed record ImageConfig(IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, JsonElement>? Volumes);

internal sealed record IdBody(string? Id);

internal sealed record WaitBody(int StatusCode);

internal sealed record ErrorBody(string? Message);

internal sealed record ProgressBody(string? Status, string? Stream, string? Error);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ContainerBody))]
[JsonSerializable(typeof(CreatedBody))]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(InfoBody))]
[JsonSerializable(typeof(ContainerInspection))]
[JsonSerializable(typeof(IReadOnlyList<ListedContainer>))]
[JsonSerializable(typeof(IReadOnlyList<ListedImage>))]
[JsonSerializable(typeof(ImageInspection))]
[JsonSerializable(typeof(IdBody))]
[JsonSerializable(typeof(WaitBody))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ProgressBody))]
internal sealed partial class EngineJson : JsonSerializerContext;
