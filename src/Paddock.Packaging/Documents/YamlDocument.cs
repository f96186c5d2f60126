using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Paddock.Packaging;

/// <summary>Reads the part of YAML that a manifest needs: one document of mappings, sequences and scalars. Everything by which a short text grows or changes its meaning is an error.</summary>
// SECURITY: alias bombs, merge keys and duplicate keys by which a reviewer and the host read different things, tags that
// choose a type, nesting that costs time (100,000 open brackets keep the parser busy for half a minute).
internal sealed class YamlDocument
{
    private readonly Parser _parser;
    private readonly ManifestFindings _findings;
    private readonly DataBounds _bounds;
    private int _events;

    private YamlDocument(string text, DataBounds bounds, ManifestFindings findings)
    {
        _parser = new Parser(new StringReader(text));
        _findings = findings;
        _bounds = bounds;
    }

    /// <summary>The document's root, or null when it could not be read; findings say why.</summary>
    public static DataNode? Read(string text, DataBounds bounds, ManifestFindings findings)
    {
        var document = new YamlDocument(text, bounds, findings);
        try
        {
            return document.ReadRoot();
        }
        catch (YamlException e)
        {
            findings.Report(PackageCodes.Syntax, (int)e.Start.Line, (int)e.Start.Column, Printable.Text(e.Message));
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser is third-party code on hostile input: whatever it throws, the manifest is refused.
            findings.Report(PackageCodes.Syntax, 1, 1, "This is no valid YAML.");
            return null;
        }
    }

    private DataNode? ReadRoot()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            _findings.Report(PackageCodes.Syntax, 1, 1, "The manifest is empty.");
            return null;
        }

        Next();
        var root = ReadNode(0);
        Next();
        if (Next() is DocumentStart second)
            _findings.Report(PackageCodes.Syntax, Line(second), Column(second), "A second document begins here.", "One manifest is one document.");
        return root;
    }

    private DataNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        if (depth > _bounds.Deepest) throw new YamlException(current.Start, current.End, $"Nested more than {_bounds.Deepest} levels deep.");
        if (current is NodeEvent node) RefuseProperties(node);
        return current switch
        {
            Scalar scalar => new DataScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, Line(scalar), Column(scalar)),
            SequenceStart start => ReadSequence(start, depth),
            MappingStart start => ReadMapping(start, depth),
            AnchorAlias alias => Refuse(alias),
            _ => throw new YamlException(current.Start, current.End, "A value is missing."),
        };
    }

    private DataSequence ReadSequence(SequenceStart start, int depth)
    {
        var items = new List<DataNode>();
        while (Next() is not SequenceEnd) items.Add(ReadNode(depth + 1));
        return new DataSequence(items, Line(start), Column(start));
    }

    private DataMapping ReadMapping(MappingStart start, int depth)
    {
        var entries = new List<(DataScalar, DataNode)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not DataScalar name)
                _findings.Report(PackageCodes.Syntax, key.Line, key.Column, "A key is no text.");
            else if (name is { Plain: true, Text: "<<" })
                _findings.Report(PackageCodes.Syntax, key.Line, key.Column, "Merge keys are not allowed.", "Write the keys out.");
            else if (!names.Add(name.Text))
                _findings.Report(PackageCodes.Duplicate, key.Line, key.Column, $"{Printable.Text(name.Text)} stands here for the second time.", "Keep one of them.");
            else
                entries.Add((name, value));
        }

        return new DataMapping(entries, Line(start), Column(start));
    }

    private DataScalar Refuse(AnchorAlias alias)
    {
        _findings.Report(PackageCodes.Syntax, Line(alias), Column(alias), "Aliases are not allowed.", "Write the value out.");
        return new DataScalar("", false, Line(alias), Column(alias));
    }

    private void RefuseProperties(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty) _findings.Report(PackageCodes.Syntax, Line(node), Column(node), "Anchors are not allowed.", "Remove the & name.");
        if (!node.Tag.IsEmpty) _findings.Report(PackageCodes.Syntax, Line(node), Column(node), "Tags are not allowed.", "Remove the ! tag.");
    }

    private ParsingEvent? Next()
    {
        if (++_events > _bounds.MostValues) throw new YamlException(_parser.Current!.Start, _parser.Current.End, "Too many values.");
        return _parser.MoveNext() ? _parser.Current : null;
    }

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;
}
