namespace Paddock.Packaging;

/// <summary>A node of a manifest, with the place it stands at. Scalars are their text: no schema turns <c>yes</c> into a boolean or <c>1.10</c> into 1.1.</summary>
internal abstract record YamlNode(int Line, int Column);

/// <summary>A scalar as written. <paramref name="Plain"/> means without quotes, where <c>~</c> and nothing at all stand for no value.</summary>
internal sealed record YamlScalar(string Text, bool Plain, int Line, int Column) : YamlNode(Line, Column)
{
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A sequence.</summary>
internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column);

/// <summary>A mapping with scalar keys, each once, in the order written.</summary>
internal sealed record YamlMapping(IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries, int Line, int Column) : YamlNode(Line, Column);
