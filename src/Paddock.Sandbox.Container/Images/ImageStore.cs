using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Images;

/// <summary>The images of packages: each is built once, after its package was approved, and run by the id that was recorded then.</summary>
internal sealed class ImageStore(EngineClient client, ContainerStarter starter, HostLease lease, ContainerOptions options)
{
    // Part of each key: an image of another recipe is another image.
    private const string Recipe = "1";
    private readonly ImageRecords _records = new(options.StateDirectory, "images", options.KeepImages);

    // What was put onto a base of each runtime, whichever image of that base it was: a base is made anew with every update of its interpreter.
    private readonly ImageRecords _contents = new(options.StateDirectory, "contents", options.KeepImages);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _building = new(StringComparer.Ordinal);

    /// <summary>Id of the image of a package.</summary>
    /// <exception cref="SandboxLoadException">It cannot be built, or would no longer be what was approved.</exception>
    /// <exception cref="EngineException">The engine failed.</exception>
    internal async Task<string> EnsureAsync(SandboxSpec spec, ContainerLanguage wanted, CancellationToken cancellationToken)
    {
        var (language, from) = await BaseAsync(spec, wanted, cancellationToken).ConfigureAwait(false);
        string key = Key(spec, language, from);
        var turn = _building.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var record = _records.Find(key);
            // SECURITY: a poisoned image cache. What runs is what this host recorded, by its id; nothing is ever taken because it has a name or a label.
            if (record is not null && await client.FindImageAsync(record.Image, cancellationToken).ConfigureAwait(false) is not null) return record.Image;
            var built = await BuildAsync(spec, language, from, key, cancellationToken).ConfigureAwait(false);
            string pin = Digest($"{Recipe}\n{spec.Digest}\n{language.Name}");
            if ((record ?? _contents.Find(pin)) is { } approved && approved.Content != built.Content)
            {
                await client.RemoveImageAsync(built.Image, CancellationToken.None).ConfigureAwait(false);
                throw Refused(ErrorCodes.ImageChanged, "Its dependencies are no longer those that were installed when it was approved. Pin them in a lock file, and have it approved again.");
            }

            _contents.Set(pin, built);
            _records.Set(key, built);
            return built.Image;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes images of this store that no record has: builds whose host died before they were recorded. A host that lives may be about to record one, or run another that it built itself.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var left = (await client.ImagesAsync($"{Labels.Store}={lease.Store}", cancellationToken).ConfigureAwait(false)).Where(i => !lease.IsOfLivingHost(i.Labels)).ToList();
        // Read after it was seen who is alive: what the dead have recorded is on disk by then.
        var recorded = _records.Images();
        foreach (var image in left)
        {
            if (image.Id is { } id && !recorded.Contains(Normal(id))) await RemoveAsync(id, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what this host built, where nothing is kept.</summary>
    internal async Task ForgetAsync()
    {
        if (options.KeepImages) return;
        foreach (string image in _records.Images()) await RemoveAsync(image, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task RemoveAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            await client.RemoveImageAsync(image, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            // The next sweep meets it again; it is no reason for a host not to start, or not to end.
            options.Report?.Invoke(e.Message);
        }
    }

    // A package that names no version of its language runs on the usual one, or else on the newest that there is.
    private async Task<(ContainerLanguage Language, string Id)> BaseAsync(SandboxSpec spec, ContainerLanguage wanted, CancellationToken cancellationToken)
    {
        foreach (var language in spec.RuntimeVersion is null ? wanted.WithOthers : [wanted])
        {
            string name = options.BaseImages.GetValueOrDefault(language.Name) ?? language.DefaultImage;
            if (await client.FindImageAsync(name, cancellationToken).ConfigureAwait(false) is not { Id: { } id } image) continue;
            // A volume is a place to write that no limit is on.
            if (image.Config?.Volumes is { Count: > 0 }) throw Refused(ErrorCodes.SandboxUnavailable, $"The base image for {language.Name} declares volumes. Use one without.");
            return (language, Normal(id));
        }

        throw Refused(ErrorCodes.SandboxUnavailable, $"There is no base image for {wanted.Name}. Make one with: paddock images build --for {wanted.Name}");
    }

    private async Task<ImageRecord> BuildAsync(SandboxSpec spec, ContainerLanguage language, string from, string key, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.BuildTimeout);
        try
        {
            return await BuildWithinAsync(spec, language, from, key, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(ErrorCodes.ImageBuildFailed, "Building its image took longer than it may.");
        }
        catch (InvalidDataException e)
        {
            throw Refused(ErrorCodes.ImageBuildFailed, e.Message);
        }
    }

    private async Task<ImageRecord> BuildWithinAsync(SandboxSpec spec, ContainerLanguage language, string from, string key, CancellationToken cancellationToken)
    {
        var plan = InstallPlan.Of(spec, language);
        await using var installation = plan is null ? null : Installation.Open(plan, language, options, lease);
        var run = new RunSpec
        {
            Image = from,
            Command = installation?.Command ?? ["/nothing/is/run"],
            WorkingDirectory = "/",
            Limits = new Limits { MemoryBytes = options.BuildMemoryBytes, Processes = 64 },
            Labels = lease.Labels(spec.Digest),
            Writable = true,
            // The installers unpack there what they install.
            TemporaryBytes = options.BuiltBytes,
            Binds = installation?.Binds ?? [],
        };
        string id = await starter.CreateAsync(run, cancellationToken).ConfigureAwait(false);
        try
        {
            await using (var tar = PackageTar.Write(plan?.Files ?? spec.Files)) await client.PutAsync(id, "/", tar, cancellationToken).ConfigureAwait(false);
            if (installation is not null) await installation.RunAsync(starter, id, cancellationToken).ConfigureAwait(false);
            string content = await ContentAsync(id, cancellationToken).ConfigureAwait(false);
            string image = await client.CommitAsync(id, $"localhost/paddock/plugin-{key[..16]}", "latest", cancellationToken).ConfigureAwait(false);
            return new ImageRecord(Normal(image), content);
        }
        finally
        {
            // A failed build leaves nothing behind.
            await ContainerStarter.RemoveQuietlyAsync(client, id).ConfigureAwait(false);
        }
    }

    private async Task<string> ContentAsync(string id, CancellationToken cancellationToken)
    {
        string digests = "";
        foreach (string path in (string[])[ContainerLanguage.Files, ContainerLanguage.PythonPackages])
        {
            try
            {
                await using var tar = await client.GetAsync(id, path, cancellationToken).ConfigureAwait(false);
                digests += await PackageTar.DigestAsync(tar, options.BuiltBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new EngineException("The engine's copy of the image's files ended early.", inner: e);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(digests)));
    }

    // The package's digest is what was approved. Its manifest, and so its dependencies, are among its files.
    private static string Key(SandboxSpec spec, ContainerLanguage language, string from) => Digest($"{Recipe}\n{spec.Digest}\n{language.Name}\n{from}");

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // podman leaves the prefix out where Docker has it.
    private static string Normal(string id) => id.StartsWith("sha256:", StringComparison.Ordinal) ? id : $"sha256:{id}";

    private static SandboxLoadException Refused(string code, string message) => new(new CallError(code, message));
}
