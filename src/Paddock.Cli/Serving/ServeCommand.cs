using System.CommandLine;

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

    private static readonly Option<bool> SafeMode = new("--safe-mode") { Description = "Load no plugin: to look, configure and remove." };

    public static Command Create()
    {
        var command = new Command("serve", "Serve the HTTP interfaces. The first start prints an author's and an operator's token, once.") { Urls, Data, Hosts, Plugins, RequireSignatures, Engine, SafeMode, StopWithInput };
        Urls.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
                result.AddError("--urls takes one address of the form http://HOST:PORT.");
        });
        command.SetAction((parsed, cancellationToken) => Server.RunAsync(
            new ServeOptions(parsed.GetRequiredValue(Urls), Path.GetFullPath(parsed.GetRequiredValue(Data)), parsed.GetRequiredValue(Hosts), parsed.GetValue(StopWithInput))
            {
                Plugins = parsed.GetValue(Plugins)?.FullName,
                RequireSignatures = parsed.GetValue(RequireSignatures),
                Engine = parsed.GetValue(Engine),
                SafeMode = parsed.GetValue(SafeMode),
            },
            cancellationToken));
        return command;
    }
}
