using System.Globalization;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Takes values out of a document and reports each that is not of its form. What every reader of a manifest is built on.</summary>
internal abstract class NodeReader(ManifestFindings findings)
{
    protected ManifestFindings Findings { get; } = findings;

    protected DataMapping? Mapping(DataNode value, string name)
    {
        if (value is DataMapping mapping) return mapping;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{name} is no mapping.", "Write {} for none.");
        return null;
    }

    protected IReadOnlyList<DataNode> Items(DataNode value, string name)
    {
        if (value is DataSequence sequence) return sequence.Items;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{name} is no list.", "Write [] for none.");
        return [];
    }

    protected string? Text(DataNode value, string name)
    {
        if (value is DataScalar { IsNull: false } scalar) return scalar.Text;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{name} has no value that is text.");
        return null;
    }

    /// <summary>Text for people: one line unless <paramref name="lines"/>, without characters that do not print.</summary>
    protected string Words(DataNode value, string name, int longest, bool lines = false)
    {
        if (Text(value, name) is not { } text) return "";
        if (text.Length > longest)
            Findings.Report(PackageCodes.ValueInvalid, value, $"{name} is longer than {longest} characters.");
        else if (!(lines ? text.Split('\n', '\r', '\t').All(Printable.IsClean) : Printable.IsClean(text)))
            Findings.Report(PackageCodes.ValueInvalid, value, $"{name} has characters that do not print.");
        else
            return text;
        return "";
    }

    protected string? Match(DataNode value, Regex form, string name, string expected, bool plainOnly = false)
    {
        if (Text(value, name) is not { } text) return null;
        if (form.IsMatch(text) && (!plainOnly || value is DataScalar { Plain: true })) return text;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{Printable.Text(text)} will not do for {name}.", $"Expected: {expected}.");
        return null;
    }

    /// <summary>A list of distinct values of one form.</summary>
    protected IReadOnlyList<string> Matches(DataNode value, Regex form, string name, string expected, int most = 100)
    {
        var items = Items(value, name);
        if (items.Count > most) Findings.Report(PackageCodes.ValueInvalid, value, $"{name} has {items.Count} items.", $"{most} are allowed.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
            if (Match(item, form, name, expected) is { } text && !seen.Add(text))
                Findings.Report(PackageCodes.Duplicate, item, $"{Printable.Text(text)} stands in {name} twice.");
        return [.. seen];
    }

    protected bool? Flag(DataNode value, string name)
    {
        if (value is DataScalar { Plain: true, Text: "true" or "false" } scalar) return scalar.Text == "true";
        Findings.Report(PackageCodes.ValueInvalid, value, $"{name} is neither true nor false.", "Write it without quotes.");
        return null;
    }

    protected int? Integer(DataNode value, string name, int least, int most)
    {
        if (value is DataScalar { Plain: true } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        Findings.Report(PackageCodes.ValueInvalid, value, $"{name} is no whole number from {least} to {most}.");
        return null;
    }

    protected void Unknown(DataScalar key, string known) =>
        Findings.Report(PackageCodes.KeyUnknown, key, $"{Printable.Text(key.Text)} is not known here.", $"Known are {known}.");

    protected void Require(DataMapping mapping, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            if (mapping.Find(key) is null)
                Findings.Report(PackageCodes.KeyMissing, mapping, $"{key} is missing.", $"Add a line \"{key}: …\".");
    }
}
