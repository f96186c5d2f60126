using System.CommandLine;

namespace Paddock.Cli;

/// <summary>Which data directory a command is about.</summary>
internal static class DataOption
{
    public static Option<string> Create() => new("--data")
    {
        Description = "Directory of the store.",
        DefaultValueFactory = _ => DataDirectory.Default(),
        HelpName = "DIR",
    };

    public static string Path(ParseResult parsed, Option<string> option) => System.IO.Path.GetFullPath(parsed.GetRequiredValue(option));
}
