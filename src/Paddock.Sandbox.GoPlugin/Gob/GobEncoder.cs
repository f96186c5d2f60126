namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>Writes messages for one receiver, each type's definition before its first value. One at a time.</summary>
internal sealed class GobEncoder
{
    private readonly GobWriter _output = new();
    private readonly GobWriter _message = new();
    private readonly HashSet<int> _sent = [];

    /// <summary>All that was encoded since <see cref="Clear"/>.</summary>
    internal ReadOnlyMemory<byte> Written => _output.Written;

    internal void Clear() => _output.Clear();

    /// <summary>A struct; <paramref name="write"/> writes its fields.</summary>
    internal void Struct<T>(GobSchema schema, in T value, Action<GobFields, T> write)
    {
        Define(schema);
        _message.Clear();
        _message.Int(schema.Id);
        var fields = new GobFields(_message);
        write(fields, value);
        fields.End();
        _output.Bytes(_message.Written.Span);
    }

    internal void Text(string value) => Single(GobSchema.String, value, static (w, v) => w.Text(v));

    internal void Bool(bool value) => Single(GobSchema.Bool, value, static (w, v) => w.Uint(v ? 1u : 0u));

    /// <summary>An interface that holds nothing.</summary>
    internal void Nil() => Single(GobSchema.Interface, 0, static (w, _) => w.Uint(0));

    /// <summary>What is no struct stands alone after a zero.</summary>
    private void Single<T>(int type, T value, Action<GobWriter, T> write)
    {
        _message.Clear();
        _message.Int(type);
        _message.Uint(0);
        write(_message, value);
        _output.Bytes(_message.Written.Span);
    }

    private void Define(GobSchema schema)
    {
        if (!_sent.Add(schema.Id)) return;
        foreach (var used in schema.Uses) Define(used);
        _output.Raw(schema.Definition.Span);
    }
}

/// <summary>The fields of a struct that is being written, in order. Those that are zero are left out.</summary>
internal sealed class GobFields(GobWriter writer)
{
    private int _number, _last = -1;

    internal void Text(string value)
    {
        if (Begin(value.Length > 0)) writer.Text(value);
    }

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        if (Begin(value.Length > 0)) writer.Bytes(value);
    }

    internal void Uint(ulong value)
    {
        if (Begin(value != 0)) writer.Uint(value);
    }

    internal void Texts(IReadOnlyDictionary<string, string> value)
    {
        if (!Begin(value.Count > 0)) return;
        writer.Uint((ulong)value.Count);
        foreach (var (key, text) in value)
        {
            writer.Text(key);
            writer.Text(text);
        }
    }

    internal void End() => writer.Uint(0);

    private bool Begin(bool isThere)
    {
        var number = _number++;
        if (!isThere) return false;
        writer.Uint((ulong)(number - _last));
        _last = number;
        return true;
    }
}
