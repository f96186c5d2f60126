namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>How the values of a type are written (encoding/gob's "Types").</summary>
internal enum GobKind
{
    Bool,
    Int,
    Uint,
    Float,
    Bytes,
    String,
    Complex,
    Interface,
    Struct,
    Slice,
    Array,
    Map,
}

/// <summary>A type as its sender defined it. What it is made of is looked up when a value is read: types may refer to each other.</summary>
/// <param name="Kind">How its values are written.</param>
internal sealed record GobType(GobKind Kind)
{
    /// <summary>Ids below are gob's own.</summary>
    internal const int FirstOwnId = 64;

    /// <summary>Type of a slice's, an array's or a map's values.</summary>
    internal int Element { get; init; }

    /// <summary>Type of a map's keys.</summary>
    internal int Key { get; init; }

    /// <summary>A struct's fields, in the order of their numbers.</summary>
    internal IReadOnlyList<GobField> Fields { get; init; } = [];

    /// <summary>gob's own types by id; null for one that only describes types.</summary>
    internal static GobType? Basic(int id) => id is >= 1 and <= 8 ? s_basic[id - 1] : null;

    private static readonly GobType[] s_basic = [.. Enum.GetValues<GobKind>().Take(8).Select(kind => new GobType(kind))];
}

/// <summary>A field of a struct.</summary>
/// <param name="Name">Its name in Go.</param>
/// <param name="Type">Its type's id.</param>
internal sealed record GobField(string Name, int Type);
