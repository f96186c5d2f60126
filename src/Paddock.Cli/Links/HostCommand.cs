using System.CommandLine;

namespace Paddock.Cli;

/// <summary>A command that finds its host by its options: a running server with --url, the data directory itself without.</summary>
internal sealed class HostCommand
{
    private readonly Option<string> _data = DataOption.Create();

    private readonly Option<string?> _url = new("--url")
    {
        Description = "A running server, https or on this machine; PADDOCK_URL unless told. Without either the data directory is used, which no server may hold then.",
        HelpName = "URL",
    };

    private readonly Option<FileInfo?> _tokenFile = new("--token-file") { Description = "A file with the operator's token; the variable PADDOCK_TOKEN unless told.", HelpName = "FILE" };

    /// <summary>A command with these options that runs on its host.</summary>
    public static Command Create(string name, string description, Func<ParseResult, IHostLink, CancellationToken, Task<int>> run, params Symbol[] symbols) =>
        new HostCommand().Build(name, description, run, symbols);

    private Command Build(string name, string description, Func<ParseResult, IHostLink, CancellationToken, Task<int>> run, Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        foreach (var option in (Option[])[_url, _tokenFile, _data]) command.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await using var host = await OpenAsync(parsed, cancellationToken);
                return await run(parsed, host, cancellationToken);
            }
            catch (RefusedException e)
            {
                if (e.Findings.Count == 0) await FindingOutput.ProblemAsync($"{e.Code}: {e.Message}");
                await FindingOutput.WriteAsync(e.Findings);
                return ExitCode.Denied;
            }
        });
        return command;
    }

    private async Task<IHostLink> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? text = parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable("PADDOCK_URL");
        if (string.IsNullOrEmpty(text)) return new LocalLink(await LocalHost.StartAsync(DataOption.Path(parsed, _data), cancellationToken));
        // SECURITY: an operator's token readable on the way.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            throw new CommandException($"'{text}' will not do: a server is reached over https, or over http on this machine. The token would be readable on the way.");
        return new HttpLink(url, Token(parsed));
    }

    private string Token(ParseResult parsed)
    {
        string? token = parsed.GetValue(_tokenFile) is { } file ? File.ReadAllText(file.FullName) : Environment.GetEnvironmentVariable("PADDOCK_TOKEN");
        if (string.IsNullOrWhiteSpace(token)) throw new CommandException("A server asks for an operator's token: put it into PADDOCK_TOKEN, or its file's name after --token-file.");
        return token.Trim();
    }
}
