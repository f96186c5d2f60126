namespace Paddock.Packaging;

/// <summary>A node of a manifest, with the place it stands at. Scalars are their text: no schema turns <c>yes</c> into a boolean or <c>1.10</c> into 1.1.</summary>
internal abstract record DataNode(int Line, int Column);

/// <summary>A scalar as written. <paramref name="Plain"/> means without quotes, where <c>~</c> and nothing at all stand for no value.</summary>
internal sealed record DataScalar(string Text, bool Plain, int Line, int Column) : DataNode(Line, Column)
{
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A sequence.</summary>
internal sealed record DataSequence(IReadOnlyList<DataNode> Items, int Line, int Column) : DataNode(Line, Column);

/// <summary>A mapping with scalar keys, each once, in the order written.</summary>
internal sealed record DataMapping(IReadOnlyList<(DataScalar Key, DataNode Value)> Entries, int Line, int Column) : DataNode(Line, Column)
{
    /// <summary>The value of <paramref name="key"/>, or null.</summary>
    public DataNode? Find(string key)
    {
        foreach (var entry in Entries)
            if (entry.Key.Text == key) return entry.Value;
        return null;
    }
}

/// <summary>How large a document may be.</summary>
/// <param name="Deepest">Levels of nesting.</param>
/// <param name="MostValues">Scalars, keys and brackets.</param>
internal sealed record DataBounds(int Deepest, int MostValues)
{
    /// <summary>A posted manifest.</summary>
    public static DataBounds Draft { get; } = new(8, 10_000);

    /// <summary>A package's manifest, which may hold translations and schemas of tools.</summary>
    public static DataBounds Package { get; } = new(24, 100_000);

    /// <summary>A registration, which is read as JSON and much faster.</summary>
    public static DataBounds Registration { get; } = new(24, 500_000);
}
