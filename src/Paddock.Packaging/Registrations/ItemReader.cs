using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads items: lists of mappings, each known by something, and the values in them.</summary>
/// <param name="findings">Where findings go.</param>
/// <param name="strict">Whether an unknown key is an error, as it is in a manifest. In a registration it is passed over: newer peers may say more.</param>
internal abstract class ItemReader(ManifestFindings findings, bool strict) : NodeReader(findings)
{
    /// <summary>The most items of one list.</summary>
    protected const int Most = 500;

    protected bool Strict { get; } = strict;

    protected List<T> List<T>(DataNode value, string name, Func<DataMapping, T?> read, Func<T, string> identity)
        where T : class
    {
        var items = Items(value, name);
        if (items.Count > Most) Findings.Report(PackageCodes.ValueInvalid, value, $"{name} has {items.Count} items.", $"{Most} are allowed.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var list = new List<T>();
        foreach (var item in items.Take(Most))
        {
            if (Mapping(item, $"an item of {name}") is not { } mapping || read(mapping) is not { } one) continue;
            if (seen.Add(identity(one))) list.Add(one);
            else Findings.Report(PackageCodes.Duplicate, item, $"{Printable.Text(identity(one))} stands in {name} twice.", "Keep one of them.");
        }

        return list;
    }

    protected void Known(DataMapping item, params ReadOnlySpan<string> keys)
    {
        if (!Strict) return;
        foreach (var (key, _) in item.Entries)
            if (!keys.Contains(key.Text)) Unknown(key, string.Join(", ", keys.ToArray()));
    }

    /// <summary>The value of a key, where it is there and is not null.</summary>
    protected static DataNode? Find(DataMapping item, string key) => item.Find(key) is { } node and not DataScalar { IsNull: true } ? node : null;

    protected string? Get(DataMapping item, string key, Regex form, string expected) => item.Find(key) is { } node ? Match(node, form, key, expected) : null;

    /// <summary>The same for what may be left out; in a registration an empty text stands for that too.</summary>
    protected string? Optional(DataMapping item, string key, Regex form, string expected) =>
        Find(item, key) is { } node && (Strict || node is not DataScalar { Text: "" }) ? Match(node, form, key, expected) : null;

    protected string? Id(DataMapping item, string key) => Get(item, key, Forms.Id(), "an id of letters, digits and _ . : / -");

    protected string? Handler(DataMapping item) => Get(item, "handler", Forms.Handler(), Forms.HandlerText);

    protected string Words(DataMapping item, string key, int longest = 500) => Find(item, key) is { } node ? Words(node, key, longest, lines: true) : "";

    protected bool Flag(DataMapping item, string key, bool missing) => Find(item, key) is { } node ? Flag(node, key) ?? missing : missing;

    protected int Number(DataMapping item, string key, int least = -1_000_000, int most = 1_000_000, int missing = 0) =>
        Find(item, key) is { } node ? Integer(node, key, least, most) ?? missing : missing;
}
