using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads commands: groups of commands, and those that a handler answers.</summary>
internal sealed partial class CommandReader(ManifestFindings findings, bool strict) : ItemReader(findings, strict)
{
    private const int MostLevels = 6;

    public IReadOnlyList<CommandRegistration> Read(DataNode value) => Read(value, 0);

    private List<CommandRegistration> Read(DataNode value, int depth)
    {
        if (depth < MostLevels) return List(value, "commands", item => Command(item, depth), c => c.Name);
        Findings.Report(PackageCodes.ValueInvalid, value, $"Commands are nested more than {MostLevels} levels deep.");
        return [];
    }

    private CommandRegistration? Command(DataMapping item, int depth)
    {
        Known(item, "name", "description", "handler", "commands");
        Require(item, "name");
        string? name = Get(item, "name", Name(), "one word");
        var commands = Find(item, "commands") is { } nested ? Read(nested, depth + 1) : [];
        string? handler = commands.Count == 0 ? Handler(item) : Optional(item, "handler", Forms.Handler(), Forms.HandlerText) ?? "";
        if (commands.Count == 0) Require(item, "handler");
        return name is null || handler is null ? null : new CommandRegistration(name, Words(item, "description"), handler, commands);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
