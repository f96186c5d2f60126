using System.CommandLine;
using Paddock.Policy;

namespace Paddock.Cli;

/// <summary>The syntax of <c>paddock serve</c>.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Address to listen on, http://HOST:PORT; port 0 takes a free one.",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
        HelpName = "URL",
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Directory of the store; made where it is missing, readable by its owner only.",
        DefaultValueFactory = _ => DataDirectory.Default(),
        HelpName = "DIR",
    };

    private static readonly Option<string[]> Hosts = new("--host")
    {
        Description = "A host name to answer under, besides localhost, 127.0.0.1 and [::1]. May be repeated.",
        DefaultValueFactory = _ => [],
        HelpName = "NAME",
    };

    private static readonly Option<bool> StopWithInput = new("--stop-with-input")
    {
        Description = "End when standard input ends; for a program that starts the server.",
    };

    private static readonly Option<DirectoryInfo?> Plugins = new("--plugins") { Description = "Directory of packages: what appears or changes in it is verified and installed.", HelpName = "DIR" };

    private static readonly Option<bool> RequireSignatures = new("--require-signatures") { Description = "Install only packages with a signature of a trusted key." };

    private static readonly Option<string?> Engine = new("--engine") { Description = "Socket of the container engine for container plugins; the first of the usual ones unless told.", HelpName = "SOCKET" };

    private static readonly Option<FileInfo?> Isolation = new("--isolation") { Description = "Settings of isolation (JSON, plugins.isolation): a back end for all plugins or for some, its limits, whether they may ask for the network.", HelpName = "FILE" };

    private static readonly Option<bool> UntrustedInProcess = new("--untrusted-in-process") { Description = "Run JavaScript and WebAssembly that no trusted key signed in this process instead of a jailed worker." };

    private static readonly Option<bool> SafeMode = new("--safe-mode") { Description = "Load no plugin: to look, configure and remove." };

    public static Command Create()
    {
        var command = new Command("serve", "Serve the HTTP interfaces. The first start prints an author's and an operator's token, once.") { Urls, Data, Hosts, Plugins, RequireSignatures, Engine, Isolation, UntrustedInProcess, SafeMode, StopWithInput };
        Urls.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
                result.AddError("--urls takes one address of the form http://HOST:PORT.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var rules = IsolationRules.None;
        if (parsed.GetValue(Isolation) is { } file)
        {
            if (!file.Exists) return await FindingOutput.ProblemAsync($"there is no file {file.FullName}");
            var read = NexusIsolationFile.Read(await File.ReadAllBytesAsync(file.FullName, cancellationToken), out var findings);
            await FindingOutput.WriteAsync(findings);
            if (read is null) return ExitCode.Denied;
            rules = read;
        }

        // Elsewhere there is no jail for programs; a warning at the start says so.
        bool jailed = OperatingSystem.IsLinux() && !parsed.GetValue(UntrustedInProcess);
        var options = new ServeOptions(parsed.GetRequiredValue(Urls), Path.GetFullPath(parsed.GetRequiredValue(Data)), parsed.GetRequiredValue(Hosts), parsed.GetValue(StopWithInput))
        {
            Plugins = parsed.GetValue(Plugins)?.FullName,
            RequireSignatures = parsed.GetValue(RequireSignatures),
            Engine = parsed.GetValue(Engine),
            Isolation = rules with { Untrusted = jailed ? IsolationLevel.Process : IsolationLevel.InProcess },
            SafeMode = parsed.GetValue(SafeMode),
        };
        return await Server.RunAsync(options, cancellationToken);
    }
}
