using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock.HostApi.Databases;

/// <summary>Writes rows as a JSON array of objects, within the limits of an answer.</summary>
internal sealed class RowWriter : IDisposable
{
    /// <summary>The largest whole number that every JSON parser reads exactly (2^53 − 1). A larger one is written as text.</summary>
    internal const long LargestNumber = (1L << 53) - 1;

    private readonly DatabaseOptions _limits;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private JsonEncodedText[] _names = [];
    private int _rows;
    private int _column;

    internal RowWriter(DatabaseOptions limits)
    {
        _limits = limits;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    /// <summary>How many bytes a value may still have. A value's JSON is never shorter than the value.</summary>
    internal long Room => _limits.AnswerBytes - _json.BytesCommitted - _json.BytesPending;

    /// <summary>Takes the columns' names. Two of one name would leave one value out of sight.</summary>
    internal void Columns(IReadOnlyList<string> names)
    {
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new HostCallException(ErrorCodes.DatabaseError, "Two columns of the result have one name. Name them apart with AS.");
        _names = [.. names.Select(name => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
    }

    internal void BeginRow()
    {
        if (++_rows > _limits.Rows) throw new HostCallException(ErrorCodes.ResponseLimit, $"The result has more than {_limits.Rows} rows.");
        _column = 0;
        _json.WriteStartObject();
    }

    internal void EndRow()
    {
        _json.WriteEndObject();
        Check();
    }

    internal void Null() => _json.WriteNull(Next());

    internal void Boolean(bool value) => _json.WriteBoolean(Next(), value);

    internal void Integer(long value)
    {
        if (value is >= -LargestNumber and <= LargestNumber) _json.WriteNumber(Next(), value);
        else _json.WriteString(Next(), value.ToString(CultureInfo.InvariantCulture));
    }

    internal void Real(double value)
    {
        if (double.IsFinite(value)) _json.WriteNumber(Next(), value);
        else _json.WriteString(Next(), double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    internal void Text(ReadOnlySpan<char> value)
    {
        Check(value.Length);
        _json.WriteString(Next(), value);
        Check();
    }

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        Check(value.Length);
        _json.WriteBase64String(Next(), value);
        Check();
    }

    /// <summary>The answer. Nothing can be written after it.</summary>
    internal ReadOnlyMemory<byte> End()
    {
        _json.WriteEndArray();
        Check();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Refuses what would make the answer too large, before it is written.</summary>
    internal void Check(long more = 0)
    {
        if (more > Room) throw new HostCallException(ErrorCodes.ResponseLimit, $"The result has more than {_limits.AnswerBytes} bytes.");
    }

    private JsonEncodedText Next() => _names[_column++];
}
