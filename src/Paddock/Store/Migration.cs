using System.Globalization;
using System.Reflection;

namespace Paddock.Store;

/// <summary>One step of the schema, from the version before it.</summary>
/// <param name="Version">The version it leads to; steps are numbered from 1 without gaps.</param>
/// <param name="Sql">The statements.</param>
internal sealed record Migration(int Version, string Sql)
{
    /// <summary>All steps of this program: the embedded <c>NNNN_name.sql</c> files.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load();

    private static Migration[] Load()
    {
        var assembly = typeof(Migration).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(IsStep).Order(StringComparer.Ordinal).Select(name => Read(assembly, name))];
    }

    private static bool IsStep(string name) => name.Length > 5 && name[4] == '_' && name.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;

    private static Migration Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return new(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), reader.ReadToEnd());
    }
}
