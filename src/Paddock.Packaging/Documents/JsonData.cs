using System.Text;
using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>Reads JSON into the nodes that YAML is read into, each with its place. A string is quoted; numbers, true, false and null are plain.</summary>
// SECURITY: duplicate members by which two readers see two documents, nesting, text that is no Unicode.
internal ref struct JsonData
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly DataBounds _bounds;
    private readonly ManifestFindings _findings;
    private Utf8JsonReader _reader;
    private int _values;
    private int _line;
    private int _lineStart;
    private int _seen;

    private JsonData(ReadOnlySpan<byte> text, DataBounds bounds, ManifestFindings findings)
    {
        _text = text;
        _bounds = bounds;
        _findings = findings;
        _line = 1;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = bounds.Deepest });
    }

    /// <summary>The document's root, or null when it could not be read; findings say why.</summary>
    public static DataNode? Read(ReadOnlySpan<byte> text, DataBounds bounds, ManifestFindings findings)
    {
        var document = new JsonData(text, bounds, findings);
        try
        {
            document.Next();
            var root = document.ReadValue();
            document._reader.Read(); // Anything after the root throws.
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            findings.Report(PackageCodes.Syntax, document._line, (int)(document._reader.BytesConsumed - document._lineStart) + 1, "This is no valid JSON, or it is nested too deeply or too large.");
            return null;
        }
    }

    private DataNode ReadValue()
    {
        var (line, column) = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return ReadObject(line, column);
            case JsonTokenType.StartArray: return ReadArray(line, column);
            case JsonTokenType.String: return new DataScalar(_reader.GetString()!, false, line, column);
            default: return new DataScalar(Encoding.ASCII.GetString(_reader.ValueSpan), true, line, column);
        }
    }

    private DataSequence ReadArray(int line, int column)
    {
        var items = new List<DataNode>();
        for (Next(); _reader.TokenType != JsonTokenType.EndArray; Next()) items.Add(ReadValue());
        return new DataSequence(items, line, column);
    }

    private DataMapping ReadObject(int line, int column)
    {
        var entries = new List<(DataScalar, DataNode)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (Next(); _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            var (keyLine, keyColumn) = Place();
            var key = new DataScalar(_reader.GetString()!, false, keyLine, keyColumn);
            Next();
            var value = ReadValue();
            if (names.Add(key.Text)) entries.Add((key, value));
            else _findings.Report(PackageCodes.Duplicate, key, $"{Printable.Text(key.Text)} stands here for the second time.", "Keep one of them.");
        }

        return new DataMapping(entries, line, column);
    }

    private void Next()
    {
        if (++_values > _bounds.MostValues || !_reader.Read()) throw new JsonException();
    }

    /// <summary>Line and column (in bytes) of the token just read. Counts on from the last one: asked in order, the whole document is looked at once.</summary>
    private (int Line, int Column) Place()
    {
        int start = (int)_reader.TokenStartIndex;
        for (; _seen < start; _seen++)
        {
            if (_text[_seen] != '\n') continue;
            _line++;
            _lineStart = _seen + 1;
        }

        return (_line, start - _lineStart + 1);
    }
}
