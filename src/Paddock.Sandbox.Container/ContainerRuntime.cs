using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;
using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Container;

/// <summary>Runs plugins in containers of their own.</summary>
public sealed class ContainerRuntime : ISandboxRuntime
{
    // V8 gives up with SIGABRT or a trap when its own heap is full, before the system notices.
    private static readonly HashSet<int> NodeMemoryExits = [128 + 6, 128 + 5];
    private const long EstimatedBytes = 40L << 20;
    private readonly ContainerEngine _engine;

    /// <summary>A runtime of one kind of plugin.</summary>
    /// <param name="engine">Where; it stays the caller's.</param>
    /// <param name="runtime">Container, Python or Node.</param>
    public ContainerRuntime(ContainerEngine engine, PluginRuntime runtime = PluginRuntime.Container)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (runtime is not (PluginRuntime.Container or PluginRuntime.Python or PluginRuntime.Node)) throw new ArgumentOutOfRangeException(nameof(runtime));
        _engine = engine;
        Runtime = runtime;
    }

    /// <inheritdoc/>
    public PluginRuntime Runtime { get; }

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Container;

    /// <inheritdoc/>
    public bool TakesSources => Runtime != PluginRuntime.Container;

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Stateful && spec.Runtime == PluginRuntime.Container) throw Refused(ErrorCodes.RuntimeUnavailable, "Each call of a container plugin is a container of its own; what is to be kept belongs into the plugin's store.");
        if (ContainerLanguage.Of(spec) is not { } language) throw Refused(ErrorCodes.RuntimeUnavailable, "There are no images for this runtime; there are for node18, node20, node22, python3.11 and python3.12.");
        if (!spec.Files.ContainsKey(spec.Entry)) throw Refused(ErrorCodes.EntryPointNotFound, $"The package has no file {spec.Entry}.");
        var engine = await _engine.RequireAsync(cancellationToken).ConfigureAwait(false);
        // SECURITY: nothing is fetched, installed or built for what nobody has approved.
        if (!spec.Approved) return new UnapprovedSandbox();
        var run = new GivenRun(engine, await PrepareAsync(engine, spec, language, cancellationToken).ConfigureAwait(false), language, _engine.Options);
        if (spec.Runtime == PluginRuntime.Container) return new OneShotSandbox(run, spec, _engine.Options);
        var guest = new ProtocolGuest
        {
            Start = token => StartAsync(run, DirectAccess.None, plain => plain, token),
            StartGiven = (given, token) => StartAsync(run, given, plain => plain, token),
            StartFor = (terms, given, token) => StartAsync(run, given, plain => plain with { Limits = terms.Limits, Command = Commands.Protocol(language, terms), Environment = Commands.ProtocolEnvironment(language, spec, terms) }, token),
            Runtime = spec.Runtime == PluginRuntime.Python ? "python" : "node",
            MemoryExitCodes = spec.Runtime == PluginRuntime.Node ? NodeMemoryExits : new HashSet<int>(),
            EstimatedBytes = EstimatedBytes,
        };
        return await ProtocolSandbox.CreateAsync(spec, guest, _engine.Options.Pool, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<RunSpec> PrepareAsync(ConnectedEngine engine, SandboxSpec spec, ContainerLanguage language, CancellationToken cancellationToken)
    {
        bool speaks = spec.Runtime != PluginRuntime.Container;
        var usual = new GuestTerms(spec.Limits, Recorded: false);
        try
        {
            return new RunSpec
            {
                Image = await engine.Images.EnsureAsync(spec, language, cancellationToken).ConfigureAwait(false),
                Command = speaks ? Commands.Protocol(language, usual) : Commands.Program(language, spec.Entry),
                Environment = speaks ? Commands.ProtocolEnvironment(language, spec, usual) : language.Environment,
                WorkingDirectory = ContainerLanguage.Files,
                Limits = spec.Limits,
                Labels = engine.Lease.Labels(spec.Digest),
                // The protocol's way in, and for any program the sign that its host lives.
                Input = true,
            };
        }
        catch (EngineException e)
        {
            _engine.Options.Report?.Invoke(e.Message);
            throw Refused(ErrorCodes.SandboxUnavailable, "The container engine did not make the plugin's image; the host's log says why.");
        }
    }

    private async ValueTask<IGuestProcess> StartAsync(GivenRun run, DirectAccess given, Func<RunSpec, RunSpec> change, CancellationToken cancellationToken)
    {
        try
        {
            return await run.StartAsync(given, null, change, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            _engine.Options.Report?.Invoke(e.Message);
            throw Refused(ErrorCodes.SandboxUnavailable, "The container engine did not start the plugin; the host's log says why.");
        }
    }

    private static SandboxLoadException Refused(string code, string message) => new(new CallError(code, message));
}
