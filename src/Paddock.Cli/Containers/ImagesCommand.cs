using System.CommandLine;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.HostImages;

namespace Paddock.Cli;

/// <summary><c>paddock images build</c>: base images of this machine's own interpreters, without a registry.</summary>
internal static class ImagesCommand
{
    public static Command Create()
    {
        var engine = new Option<string?>("--engine") { Description = "Socket of the container engine; the first of the usual ones unless told.", HelpName = "SOCKET" };
        var names = new Option<string[]>("--for") { Description = "A runtime to make an image for: node18, node20, node22, python3.11, python3.12; dotnet10 for JavaScript and WebAssembly plugins. May be repeated. Those that this machine has, unless told.", DefaultValueFactory = _ => [], HelpName = "RUNTIME" };
        var build = new Command("build", "Make base images of this machine's own Python, Node and .NET, as localhost/paddock/RUNTIME.") { engine, names };
        build.SetAction((parsed, cancellationToken) => BuildAsync(parsed.GetValue(engine), parsed.GetRequiredValue(names), cancellationToken));
        return new Command("images", "Base images of container plugins.") { build };
    }

    private static async Task<int> BuildAsync(string? engine, string[] names, CancellationToken cancellationToken)
    {
        if (names.FirstOrDefault(n => !HostImageBuilder.Runtimes.Contains(n)) is { } unknown)
            return await FindingOutput.ProblemAsync($"there is no runtime {unknown}; there are {string.Join(", ", HostImageBuilder.Runtimes)}", ExitCode.Usage);
        var directory = Directory.CreateTempSubdirectory("paddock-images-");
        try
        {
            var options = new ContainerOptions { StateDirectory = directory.FullName, Socket = engine };
            if (names.Length == 0) names = [.. await HostImageBuilder.AvailableAsync(cancellationToken)];
            if (names.Length == 0) return await FindingOutput.ProblemAsync("this machine has neither python3 nor nodejs; install one, or name an image of your own in the host's options", ExitCode.SandboxMissing);
            foreach (string name in names)
            {
                var image = await HostImageBuilder.BuildAsync(options, name, cancellationToken);
                await Console.Out.WriteLineAsync($"{image.Name}: {image.Version}");
                if (!image.IsExact) await Console.Error.WriteLineAsync($"paddock: {image.Runtime} is served by this machine's {image.Version}");
                if (!image.HasInstaller) await Console.Error.WriteLineAsync($"paddock: no plugin with dependencies can be built on {image.Name}: {(name.StartsWith("python", StringComparison.Ordinal) ? "pip is not here; apt-get install python3-pip-whl" : "npm is not at /usr/lib/node_modules/npm")}");
            }

            return ExitCode.Completed;
        }
        catch (InvalidOperationException e)
        {
            return await FindingOutput.ProblemAsync(e.Message, ExitCode.SandboxMissing);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
