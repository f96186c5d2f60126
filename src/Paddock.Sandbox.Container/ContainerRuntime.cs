using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container;

/// <summary>Runs plugins in containers of their own.</summary>
public sealed class ContainerRuntime : ISandboxRuntime
{
    private readonly ContainerEngine _engine;

    /// <summary>A runtime of one kind of plugin.</summary>
    /// <param name="engine">Where; it stays the caller's.</param>
    /// <param name="runtime">Container, Python or Node.</param>
    public ContainerRuntime(ContainerEngine engine, PluginRuntime runtime = PluginRuntime.Container)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (runtime is not PluginRuntime.Container) throw new ArgumentOutOfRangeException(nameof(runtime));
        _engine = engine;
        Runtime = runtime;
    }

    /// <inheritdoc/>
    public PluginRuntime Runtime { get; }

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Container;

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Stateful) throw Refused(ErrorCodes.RuntimeUnavailable, "Each call of a container plugin is a container of its own; what is to be kept belongs into the plugin's store.");
        if (ContainerLanguage.Of(spec) is not { } language) throw Refused(ErrorCodes.RuntimeUnavailable, "There are no images for this runtime; there are for node18, node20, node22, python3.11 and python3.12.");
        var engine = await _engine.RequireAsync(cancellationToken).ConfigureAwait(false);
        // SECURITY: nothing is fetched, installed or built for what nobody has approved.
        if (!spec.Approved) return new UnapprovedSandbox();
        try
        {
            string image = await engine.Images.EnsureAsync(spec, language, cancellationToken).ConfigureAwait(false);
            var run = new RunSpec
            {
                Image = image,
                Command = [language.Program, $"{ContainerLanguage.Files}/{spec.Entry}"],
                Environment = language.Environment,
                WorkingDirectory = ContainerLanguage.Files,
                Limits = spec.Limits,
                Labels = engine.Lease.Labels(spec.Digest),
            };
            return new OneShotSandbox(engine.Starter, run, spec, _engine.Options);
        }
        catch (EngineException e)
        {
            _engine.Options.Report?.Invoke(e.Message);
            throw Refused(ErrorCodes.SandboxUnavailable, "The container engine did not make the plugin's image; the host's log says why.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static SandboxLoadException Refused(string code, string message) => new(new CallError(code, message));
}
