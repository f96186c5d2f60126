using System.Text;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Images;

/// <summary>An installation of dependencies in a container that has no network: what it fetches goes over a socket to a proxy that knows the registries and nothing else.</summary>
/// <remarks>SECURITY: no script of a package runs: npm is told to ignore them, and pip takes wheels alone.</remarks>
internal sealed class Installation : IAsyncDisposable
{
    private const string Inside = "/paddock-egress";
    private const int LongestSocket = 108;
    private const int MostOutput = 64 << 10;
    private readonly EgressProxy _proxy;
    private readonly string _directory;

    private Installation(EgressProxy proxy, string directory, IReadOnlyList<string> command)
    {
        _proxy = proxy;
        _directory = directory;
        Command = command;
        Binds = [$"{directory}:{Inside}:ro"];
    }

    internal IReadOnlyList<string> Command { get; }

    internal IReadOnlyList<string> Binds { get; }

    internal static Installation Open(InstallPlan plan, ContainerLanguage language, ContainerOptions options, HostLease lease)
    {
        string directory = lease.NewDirectory();
        if (Encoding.UTF8.GetByteCount(directory) + "/proxy".Length >= LongestSocket)
            throw new SandboxLoadException(new CallError(ErrorCodes.ImageBuildFailed, "The path of the host's state directory is too long for the socket that dependencies are fetched over."));
        PrivateFiles.MakeDirectory(directory);
        try
        {
            return Open(directory, plan, language, options);
        }
        catch (Exception e)
        {
            Directory.Delete(directory, recursive: true);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            options.Report?.Invoke(e.Message);
            throw new SandboxLoadException(new CallError(ErrorCodes.ImageBuildFailed, "Its dependencies cannot be fetched; the host's log says why."));
        }
    }

    private static Installation Open(string directory, InstallPlan plan, ContainerLanguage language, ContainerOptions options)
    {
        // The mount is of this directory: what is above it keeps everybody else out.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        File.Copy(options.CertificateAuthorities, Path.Combine(directory, "ca.pem"));
        var registry = language.Language == Language.Python ? options.PipIndex : options.NpmRegistry;
        string mode = plan.Locked ? "locked" : "open";
        string source = Resource(language.Language == Language.Python ? "install.py" : "install.js");
        IReadOnlyList<string> command = language.Language == Language.Python
            ? ["python3", "-I", "-c", source, mode, registry.AbsoluteUri]
            : ["node", "-e", source, mode, registry.AbsoluteUri];
        return new Installation(EgressProxy.Listen(Path.Combine(directory, "proxy"), registry, options), directory, command);
    }

    /// <exception cref="SandboxLoadException">It failed; the message holds the end of what the installer wrote.</exception>
    internal async Task RunAsync(ContainerStarter starter, string container, CancellationToken cancellationToken)
    {
        // Not disposed: that would remove the container, and what it made is still to be taken.
        var process = await starter.StartAsync(container, input: false, removesItself: false, cancellationToken).ConfigureAwait(false);
        var output = new BoundedReader(MostOutput);
        var error = new BoundedReader(MostOutput);
        void Kill() => _ = process.KillAsync().AsTask();
        ProcessExit exit;
        await using (cancellationToken.Register(Kill).ConfigureAwait(false))
        {
            await Task.WhenAll(output.ReadAsync(process.Output, Kill), error.ReadAsync(process.Error, Kill)).ConfigureAwait(false);
            exit = await process.Exited.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (exit.Code == 0) return;
        string said = Encoding.UTF8.GetString(error.Bytes);
        throw new SandboxLoadException(new CallError(ErrorCodes.ImageBuildFailed, $"Its dependencies cannot be installed: {Printable(said.Length > 600 ? said[^600..] : said)}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_directory, recursive: true);
    }

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '\uFFFD' : c)).Trim();

    private static string Resource(string name)
    {
        using var stream = typeof(Installation).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
