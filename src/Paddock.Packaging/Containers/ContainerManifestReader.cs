using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Paddock.Packaging;

/// <summary>
/// Reads Gitu's plugin.yaml. On the parser's events rather than on a deserialiser: aliases, tags, merge keys and nesting have no
/// place in it, so none of what makes YAML surprising gets as far as a value.
/// </summary>
internal sealed partial class ContainerManifestReader
{
    private const int MostEvents = 500;

    private readonly List<Finding> _findings;
    private readonly Dictionary<string, (string Value, Mark At)> _scalars = new(StringComparer.Ordinal);
    private readonly List<string> _environment = [];
    private Parser _parser = null!;
    private int _events;

    private ContainerManifestReader(List<Finding> findings) => _findings = findings;

    public static PluginManifest? Read(string yaml, List<Finding> findings)
    {
        var before = findings.Count;
        var reader = new ContainerManifestReader(findings);
        try
        {
            reader.ReadDocument(yaml);
        }
        catch (YamlException e)
        {
            reader.Report("This is not the YAML of a plugin.yaml.", e.Start, "Write plain keys and values: no aliases, tags or several documents.");
        }

        var manifest = reader.ToManifest();
        return findings.Count == before ? manifest : null;
    }

    private void ReadDocument(string yaml)
    {
        _parser = new Parser(new StringReader(yaml));
        Next<StreamStart>();
        Next<DocumentStart>();
        ReadMapping("", ["name", "version", "description", "runtime", "entry", "permissions", "dependencies"]);
        Next<DocumentEnd>();
        Next<StreamEnd>();
    }

    private void ReadMapping(string prefix, string[]? known)
    {
        Next<MappingStart>();
        while (_parser.Current is not MappingEnd)
        {
            var key = Next<Scalar>();
            var path = prefix + key.Value;
            if (known is not null && !known.Contains(key.Value)) Report($"{Printable.Text(path)} is no key of a plugin.yaml.", key.Start, $"Known are {string.Join(", ", known)}.");
            ReadValue(path, key);
        }

        Next<MappingEnd>();
    }

    private void ReadValue(string path, Scalar key)
    {
        if (path == "permissions") ReadMapping("permissions.", ["network", "filesystem", "env"]);
        else if (path == "dependencies") ReadMapping("dependencies.", null);
        else if (path == "permissions.env") ReadEnvironment();
        else
        {
            var value = Next<Scalar>();
            if (!_scalars.TryAdd(path, (value.Value, value.Start))) Report($"{Printable.Text(path)} stands there twice.", key.Start, "Write each key once.");
        }
    }

    private void ReadEnvironment()
    {
        Next<SequenceStart>();
        while (_parser.Current is not SequenceEnd)
        {
            var name = Next<Scalar>();
            if (!VariableName().IsMatch(name.Value)) Report("An entry of permissions.env is no variable name.", name.Start, "Use capital letters, digits and '_'.");
            _environment.Add(name.Value);
        }

        Next<SequenceEnd>();
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        // SECURITY: billion laughs and deep nesting. Nothing here recurses, and a manifest has few events.
        if (++_events > MostEvents) throw new YamlException("too long");
        if (_parser.Current is null && !_parser.MoveNext()) throw new YamlException("unexpected end");
        if (_parser.Current is not T wanted || wanted is NodeEvent { Anchor.IsEmpty: false } || (wanted is NodeEvent { Tag.IsEmpty: false }))
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, "unexpected");
        _parser.MoveNext();
        return wanted;
    }

    private PluginManifest ToManifest()
    {
        var name = Value("name", "", NamePattern(), "3 to 50 of a-z, 0-9, '_' and '-'");
        var runtime = Value("runtime", "", RuntimePattern(), "node18 or python3.11");
        var entry = Value("entry", "", EntryPattern(), "the path of one of the files");
        Value("permissions.network", "false", BooleanPattern(), "true or false");
        Value("permissions.filesystem", "none", FileSystemPattern(), "none, read-only or read-write");
        var description = _scalars.TryGetValue("description", out var d) ? d.Value : "";
        if (description.Length > 200) Report("The description has more than 200 characters.", d.At, "Shorten it.");
        return new PluginManifest
        {
            Name = name,
            Version = Value("version", "1.0.0", VersionPattern(), "a version such as 1.0.0"),
            Description = description,
            Runtime = PluginRuntime.Container,
            RuntimeVersion = runtime,
            Entry = entry,
            Isolation = IsolationLevel.Container,
            Dialect = "gitu-container",
        };
    }

    private string Value(string key, string fallback, Regex pattern, string mend)
    {
        var (value, at) = _scalars.TryGetValue(key, out var found) ? found : (fallback, new Mark(1, 1, 1));
        if (!pattern.IsMatch(value)) Report($"{key} is missing or not valid.", at, $"Give {mend}.");
        return value;
    }

    private void Report(string message, Mark at, string mend) => _findings.Add(new Finding(FindingCodes.ManifestInvalid, message)
    {
        Path = "code",
        Line = (int)Math.Min(at.Line, int.MaxValue),
        Column = (int)Math.Min(at.Column, int.MaxValue),
        Mend = mend,
    });

    [GeneratedRegex("^[a-z0-9_-]{3,50}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(node18|python3\.11)$", RegexOptions.CultureInvariant)]
    private static partial Regex RuntimePattern();

    [GeneratedRegex("^.{1,255}$", RegexOptions.CultureInvariant)]
    private static partial Regex EntryPattern();

    [GeneratedRegex("^(true|false)$", RegexOptions.CultureInvariant)]
    private static partial Regex BooleanPattern();

    [GeneratedRegex("^(none|read-only|read-write)$", RegexOptions.CultureInvariant)]
    private static partial Regex FileSystemPattern();

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9}){0,2}([-+][0-9A-Za-z.-]{1,50})?$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();

    [GeneratedRegex("^[A-Z_][A-Z0-9_]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
