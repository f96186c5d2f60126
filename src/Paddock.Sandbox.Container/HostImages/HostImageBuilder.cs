using System.Diagnostics;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.HostImages;

/// <summary>Makes base images of this machine's own Python, Node and .NET, so that containers need no registry.</summary>
public static class HostImageBuilder
{
    private const string NodeInstaller = "/usr/lib/node_modules/npm/node_modules";
    private static readonly string[] Tools = ["sh", "cat", "cp", "echo", "env", "false", "find", "grep", "head", "id", "ls", "mkdir", "mv", "rm", "sed", "sleep", "sort", "tail", "test", "touch", "true", "wc"];
    private static readonly string[] LeftOutOfPython = ["test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "pydoc_data", "dist-packages", "site-packages", "sitecustomize.py"];

    /// <summary>The runtimes that images can be made for.</summary>
    public static IReadOnlyList<string> Runtimes { get; } = [.. ContainerLanguage.Bases.Select(l => l.Name)];

    /// <summary>What is built where none is named: for each language that this machine has its very runtime, or the newest that there is where its version is none of them.</summary>
    public static async Task<IReadOnlyList<string>> AvailableAsync(CancellationToken cancellationToken = default)
    {
        (Language Language, string? Name)[] found =
        [
            (Language.Node, await NodeVersionAsync(cancellationToken).ConfigureAwait(false) is { } node ? $"node{node.Major}" : null),
            (Language.Python, PythonProgram() is { } python ? Path.GetFileName(python) : null),
            (Language.Dotnet, DotnetFiles.Root() is null ? null : ContainerLanguage.Worker.Name),
        ];
        return [.. found.Where(f => f.Name is not null).Select(f => ServingRuntime(f.Language, f.Name!))];
    }

    /// <summary>Makes an image and names it <c>localhost/paddock/RUNTIME</c>.</summary>
    /// <param name="options">Which engine.</param>
    /// <param name="runtime">node18, node20, node22, python3.11 or python3.12; dotnet10 for JavaScript and WebAssembly plugins.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was made; its version says whether this machine has just that runtime or another of the same language.</returns>
    /// <exception cref="InvalidOperationException">There is no such runtime, no interpreter for it here, or no engine.</exception>
    public static async Task<HostImage> BuildAsync(ContainerOptions options, string runtime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var language = ContainerLanguage.Bases.FirstOrDefault(l => l.Name == runtime)
            ?? throw new InvalidOperationException($"There is no runtime {runtime}; there are {string.Join(", ", Runtimes)}.");
        // Programs are started, and watched, by the image's shell.
        if (Shell() is null) throw new InvalidOperationException("There is no busybox here, which is the images' shell; install it (Debian, Ubuntu: apt-get install busybox-static).");
        try
        {
            // Before all the work: without an engine there is no use in it.
            using var client = await EngineClient.ConnectAsync(EngineSocket.Find(options.Socket) ?? throw new EngineException("None of the usual sockets of a container engine is there."), cancellationToken).ConfigureAwait(false);
            return await BuildAsync(client, options, language, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            throw new InvalidOperationException($"{e.Message}{(e.Status is null ? $" {ContainerEngine.HowToGetOne}" : "")}", e);
        }
    }

    private static async Task<HostImage> BuildAsync(EngineClient client, ContainerOptions options, ContainerLanguage language, CancellationToken cancellationToken)
    {
        PrivateFiles.MakeDirectory(options.StateDirectory);
        await using var file = new FileStream(Path.Combine(options.StateDirectory, $"{Guid.NewGuid():n}.tar"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        string version;
        await using (var tar = new RootTar(file))
        {
            version = language.Language switch
            {
                Language.Python => await AddPythonAsync(tar, cancellationToken).ConfigureAwait(false),
                Language.Dotnet => DotnetFiles.AddTo(tar),
                _ => await AddNodeAsync(tar, cancellationToken).ConfigureAwait(false),
            };
            AddTools(tar);
        }

        file.Position = 0;
        string name = language.DefaultImage;
        await client.ImportAsync(file, name[..name.LastIndexOf(':')], "latest", [], cancellationToken).ConfigureAwait(false);
        bool exact = version == language.Name || version.StartsWith(language.Name + ".", StringComparison.Ordinal);
        return new HostImage(language.Name, name, version, exact, language.Language == Language.Dotnet || (language.Language == Language.Python ? PipFiles.AreHere : Directory.Exists(NodeInstaller)));
    }

    internal static string ServingRuntime(Language language, string found)
    {
        string[] names = [.. ContainerLanguage.Bases.Where(l => l.Language == language).Select(l => l.Name)];
        return names.Contains(found) ? found : names[^1];
    }

    private static async Task<string> AddPythonAsync(RootTar tar, CancellationToken cancellationToken)
    {
        string program = PythonProgram() ?? throw new InvalidOperationException("There is no /usr/bin/python3 here; install python3.");
        string name = Path.GetFileName(program);
        tar.AddProgram(program);
        tar.AddLink("/usr/bin/python3", name);
        tar.AddTree($"/usr/lib/{name}", n => LeftOutOfPython.Contains(n) || n.StartsWith("config-", StringComparison.Ordinal));
        // It installs the dependencies of plugins.
        await PipFiles.AddToAsync(tar, program, cancellationToken).ConfigureAwait(false);
        return name;
    }

    private static async Task<string> AddNodeAsync(RootTar tar, CancellationToken cancellationToken)
    {
        var version = await NodeVersionAsync(cancellationToken).ConfigureAwait(false) ?? throw new InvalidOperationException("There is no /usr/bin/node here; install nodejs.");
        tar.AddProgram(Final("/usr/bin/node"));
        if (Final("/usr/bin/node") is var real && real != "/usr/bin/node") tar.AddLink("/usr/bin/node", real);
        // npm with its packages in one place, as its makers ship it, installs the dependencies of plugins.
        if (Directory.Exists(NodeInstaller))
        {
            tar.AddTree("/usr/lib/node_modules/npm", n => n is "docs" or "man");
            tar.AddLink("/usr/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js");
        }

        return $"node{version}";
    }

    private static void AddTools(RootTar tar)
    {
        tar.AddProgram(Shell()!);
        foreach (string tool in Tools) tar.AddLink($"/usr/bin/{tool}", "busybox");
    }

    private static string? Shell() => ((string[])["/usr/bin/busybox", "/bin/busybox"]).FirstOrDefault(IsProgram);

    private static bool IsProgram(string path) => !OperatingSystem.IsWindows() && File.Exists(path) && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);

    private static string? PythonProgram() => File.Exists("/usr/bin/python3") ? Final("/usr/bin/python3") : null;

    private static string Final(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    // The operator's own program, for the operator: no plugin is near.
    private static async Task<Version?> NodeVersionAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/node")) return null;
        using var node = Process.Start(new ProcessStartInfo("/usr/bin/node", ["--version"]) { RedirectStandardOutput = true })!;
        string said = await node.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await node.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return System.Version.TryParse(said.Trim().TrimStart('v'), out var version) ? version : null;
    }
}

/// <summary>A base image made of this machine's own files.</summary>
/// <param name="Runtime">The runtime that it serves.</param>
/// <param name="Name">Its name in the engine.</param>
/// <param name="Version">The interpreter that is in it.</param>
/// <param name="IsExact">Whether that is just the runtime that it serves.</param>
/// <param name="HasInstaller">Whether pip or npm is in it, without which no plugin with dependencies is built on it; true where none has any.</param>
public sealed record HostImage(string Runtime, string Name, string Version, bool IsExact, bool HasInstaller);
