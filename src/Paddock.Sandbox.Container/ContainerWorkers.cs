using System.Security.Cryptography;
using System.Text;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container;

/// <summary>Starts workers in containers. Their image is the worker's own files on .NET, the same for all plugins: what a plugin is reaches its worker through the stream.</summary>
/// <param name="engine">Where; it stays the caller's.</param>
/// <param name="files">The worker's files, by their names.</param>
/// <param name="program">The one of them that is run.</param>
public sealed class ContainerWorkers(ContainerEngine engine, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, string program)
{
    private readonly string _digest = Digest(files);

    /// <summary>Starts one.</summary>
    /// <param name="plugin">Whose it is: its digest is the container's label.</param>
    /// <param name="limits">Of the container as a whole.</param>
    /// <param name="environment">Variables beside PATH, HOME and LANG.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="SandboxLoadException">There is no engine or no base image, or the engine refused.</exception>
    public async ValueTask<IGuestProcess> StartAsync(SandboxSpec plugin, Limits limits, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        var connected = await engine.RequireAsync(cancellationToken).ConfigureAwait(false);
        var worker = new SandboxSpec { Digest = _digest, Runtime = PluginRuntime.Container, Files = files, Entry = program, Limits = limits, Approved = true };
        try
        {
            var run = new RunSpec
            {
                Image = await connected.Images.EnsureAsync(worker, ContainerLanguage.Worker, cancellationToken).ConfigureAwait(false),
                Command = [ContainerLanguage.Worker.Program, $"{ContainerLanguage.Files}/{program}"],
                Environment = ContainerLanguage.Worker.Environment.Concat(environment).GroupBy(v => v.Key).ToDictionary(v => v.Key, v => v.Last().Value),
                WorkingDirectory = ContainerLanguage.Files,
                Limits = limits,
                Labels = connected.Lease.Labels(plugin.Digest),
                Input = true,
            };
            return await connected.Starter.StartAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            engine.Options.Report?.Invoke(e.Message);
            throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, "The container engine did not start the plugin's worker; the host's log says why."));
        }
    }

    private static string Digest(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{content.Length}\0"));
            hash.AppendData(content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
