using System.Collections.Concurrent;
using System.Security.Cryptography;
using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>Makes containers, attaches to them and starts them.</summary>
internal sealed class ContainerStarter(EngineClient client, ContainerOptions options)
{
    private readonly ConcurrentDictionary<string, ContainerProcess> _running = new(StringComparer.Ordinal);

    /// <summary>Kills and removes everything that was started and is not gone.</summary>
    internal Task KillAllAsync() => Task.WhenAll(_running.Values.Select(p => p.KillAsync().AsTask()));

    /// <summary>A container that is made and not started. The caller removes it.</summary>
    /// <exception cref="EngineException">The engine refused it, or would leave something out.</exception>
    internal async Task<string> CreateAsync(RunSpec run, CancellationToken cancellationToken)
    {
        // Not cancelled: what an engine makes after its caller gave up would be nobody's. It takes milliseconds, and has a limit of its own.
        string name = $"paddock-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        var created = await client.CreateAsync(name, ContainerFlags.Body(run, options, client.IsPodman), CancellationToken.None).ConfigureAwait(false);
        string id = EngineClient.Id(created.Id ?? "");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            // SECURITY: an engine that cannot set a limit says so in a warning and goes on without it.
            if (created.Warnings is { Count: > 0 } warnings) throw new EngineException($"The engine would leave something out: {string.Join("; ", warnings)}");
            if (options.OciRuntime is { } wanted) await CheckRuntimeAsync(id, wanted, cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch
        {
            await RemoveQuietlyAsync(client, id).ConfigureAwait(false);
            throw;
        }
    }

    /// <exception cref="EngineException">The engine did not start it.</exception>
    internal async Task<ContainerProcess> StartAsync(RunSpec run, CancellationToken cancellationToken)
    {
        string id = await CreateAsync(run, cancellationToken).ConfigureAwait(false);
        return await StartAsync(id, run.Input, run.RemovesItself, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts what <see cref="CreateAsync"/> made; it is removed when that fails.</summary>
    /// <param name="id">Which.</param>
    /// <param name="input">Whether its standard input is open.</param>
    /// <param name="removesItself">Whether the engine removes it when it has ended.</param>
    /// <param name="cancellationToken">Stops the start, not what was started.</param>
    internal async Task<ContainerProcess> StartAsync(string id, bool input, bool removesItself, CancellationToken cancellationToken)
    {
        AttachedStreams? streams = null;
        var end = new CancellationTokenSource();
        try
        {
            // Before it runs: nothing that it says first is lost, nor how it ended.
            var waiting = removesItself ? client.WaitAsync(id, end.Token) : null;
            streams = await client.AttachAsync(id, input, cancellationToken).ConfigureAwait(false);
            var exit = waiting is null ? null : await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
            await client.StartAsync(id, cancellationToken).ConfigureAwait(false);
            return _running[id] = new ContainerProcess(client, id, streams, options.TimeProvider, exit, () => Removed(id, end));
        }
        catch
        {
            await end.CancelAsync().ConfigureAwait(false);
            if (streams is not null) await streams.DisposeAsync().ConfigureAwait(false);
            await RemoveQuietlyAsync(client, id).ConfigureAwait(false);
            throw;
        }
    }

    private void Removed(string id, CancellationTokenSource end)
    {
        _running.TryRemove(id, out _);
        end.Cancel();
    }

    /// <summary>Removes what may or may not be there; what cannot be removed now is found by the next host's sweep.</summary>
    internal static async Task RemoveQuietlyAsync(EngineClient client, string id)
    {
        try
        {
            await client.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // It has its labels.
        }
    }

    /// <summary>podman accepts a runtime that it does not use for this; a container under another one is not what was asked for.</summary>
    private async Task CheckRuntimeAsync(string id, string wanted, CancellationToken cancellationToken)
    {
        var made = await client.InspectAsync(id, cancellationToken).ConfigureAwait(false);
        string? used = client.IsPodman ? made.OCIRuntime : made.HostConfig?.Runtime;
        if (used is null || Path.GetFileName(used) != wanted) throw new EngineException($"The engine would run it under {used ?? "its own runtime"} instead of {wanted}.");
    }
}
