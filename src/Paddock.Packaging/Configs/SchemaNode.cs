using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>One level of a schema, as it is checked.</summary>
internal sealed record SchemaNode
{
    /// <summary>Names of the types it allows; empty for any.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = new Dictionary<string, SchemaNode>();

    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Whether properties that are not named are allowed at all.</summary>
    public bool Open { get; init; } = true;

    /// <summary>What properties that are not named must fit; null for anything.</summary>
    public SchemaNode? Additional { get; init; }

    public SchemaNode? Items { get; init; }

    /// <summary>The values that are allowed, in canonical JSON; null for any.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public double? ExclusiveMinimum { get; init; }

    public double? ExclusiveMaximum { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    public bool UniqueItems { get; init; }

    public Regex? Pattern { get; init; }
}
