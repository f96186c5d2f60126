using Paddock.Calls;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock;

/// <summary>Brings admitted plugins into their sandboxes. The only maker of <see cref="Plugin"/>s.</summary>
public sealed class PluginHost
{
    private readonly ISandboxRuntime[] _runtimes;
    private readonly CallServices _services;

    internal PluginHost(IEnumerable<ISandboxRuntime> runtimes, CallServices services)
    {
        // The weakest isolation that is enough comes first.
        _runtimes = [.. runtimes.OrderBy(r => r.Isolation)];
        _services = services;
    }

    /// <summary>The runtimes that plugins can run on here.</summary>
    public IReadOnlyList<PluginRuntime> Runtimes => [.. _runtimes.Select(r => r.Runtime).Distinct()];

    /// <summary>Loads and initialises a plugin; its host calls are refused meanwhile. Codes: <c>PLUGIN_NOT_APPROVED</c>, <c>RUNTIME_UNAVAILABLE</c>, or a finding with the code of a <see cref="SandboxLoadException"/>.</summary>
    /// <param name="identity">Whose grants and values its calls use.</param>
    /// <param name="admission">What may run, and within which limits.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    public async ValueTask<Result<Plugin>> LoadAsync(PluginIdentity identity, Admission admission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(admission);
        if (!admission.MayRun) return ServiceError.NotApproved;
        var manifest = admission.Package.Manifest;
        if (RuntimeOf(manifest.Runtime, admission.Isolation) is not { } runtime)
            return CanRun(manifest.Runtime) ? ServiceError.RuntimeUnavailable(manifest.Runtime, admission.Isolation) : ServiceError.RuntimeUnavailable(manifest.Runtime);
        var spec = Spec(admission);
        try
        {
            return new Plugin(identity, admission, await runtime.CreateAsync(spec, cancellationToken).ConfigureAwait(false), _services);
        }
        catch (SandboxLoadException e)
        {
            return Failed(e, "code");
        }
    }

    /// <summary>What a sandbox is told of an admitted package.</summary>
    internal static SandboxSpec Spec(Admission admission) => Spec(admission.Package, admission.Limits) with { Stateful = admission.Stateful, Approved = admission.MayRun, Isolation = admission.Isolation };

    /// <summary>What a package says that it contributes, as JSON: read in a sandbox of its own that is refused every host call and disposed afterwards. Null where its runtime says nothing.</summary>
    // SECURITY: this runs code that nobody has approved. It has no grant, no config, no input, and the least limits.
    internal async ValueTask<Result<ReadOnlyMemory<byte>?>> ReadRegistrationAsync(VerifiedPackage package, IsolationLevel least, Limits limits, CancellationToken cancellationToken)
    {
        var manifest = package.Manifest;
        if (RuntimeOf(manifest.Runtime, least > manifest.Isolation ? least : manifest.Isolation) is not { } runtime) return (ReadOnlyMemory<byte>?)null;
        try
        {
            await using var sandbox = await runtime.CreateAsync(Spec(package, limits), cancellationToken).ConfigureAwait(false);
            return await sandbox.RegisterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxLoadException e)
        {
            return Failed(e, manifest.Entry);
        }
    }

    internal bool CanRun(PluginRuntime runtime) => Array.Exists(_runtimes, r => r.Runtime == runtime);

    private static SandboxSpec Spec(VerifiedPackage package, Limits limits) => new()
    {
        Digest = package.Digest,
        Runtime = package.Manifest.Runtime,
        RuntimeVersion = package.Manifest.RuntimeVersion,
        Dependencies = package.Manifest.Dependencies,
        Files = package.Files,
        Entry = package.Manifest.Entry,
        EntryPoint = package.Manifest.EntryPoint,
        Dialect = package.Manifest.Dialect,
        Limits = limits,
    };

    private static ServiceError Failed(SandboxLoadException e, string path) =>
        ServiceError.Invalid([new Finding(e.Error.Code, e.Error.Message) { Path = path, Line = e.Error.Line, Column = e.Error.Column }]);

    private ISandboxRuntime? RuntimeOf(PluginRuntime runtime, IsolationLevel least) =>
        Array.Find(_runtimes, r => r.Runtime == runtime && r.Isolation >= least);
}
