using System.Text;
using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>The text that a publisher signs: who the package is, what it asks for, and every file in it.</summary>
/// <remarks>
/// ASCII (so the same in every Unicode normal form), one item a line, each line ended by LF, the last too:
/// <code>
/// paddock-statement-v1
/// name ticket-stats
/// version 1.2.0
/// permission db read ["ticket_states","tickets"]      one line each: type, accesses, scope as JSON with \u escapes; sorted
/// file 2c26…  main.js                                 one line each: SHA-256, two spaces, path; in the order of the paths' bytes
/// </code>
/// The manifest is a file among them. <c>paddock.sig</c> alone is none.
/// </remarks>
internal static class PackageStatement
{
    public static byte[] Write(PluginManifest manifest, IReadOnlyList<PackageFile> listing)
    {
        var text = new StringBuilder("paddock-statement-v1\n");
        text.Append("name ").Append(manifest.Name).Append('\n');
        text.Append("version ").Append(manifest.Version).Append('\n');
        foreach (string line in manifest.Permissions.Select(Permission).Order(StringComparer.Ordinal)) text.Append(line).Append('\n');
        foreach (var file in listing) text.Append("file ").Append(file.Sha256).Append("  ").Append(file.Path).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    // The default encoder escapes everything but plain ASCII.
    private static string Permission(Permission permission) =>
        $"permission {PermissionForms.Name(permission.Type)} {Accesses(permission.Access)} {JsonSerializer.Serialize(permission.Scope.Order(StringComparer.Ordinal))}";

    private static string Accesses(Access access) => string.Join(',',
        new[] { (Access.Read, "read"), (Access.Write, "write"), (Access.Execute, "execute"), (Access.Delete, "delete") }
            .Where(a => (access & a.Item1) != 0).Select(a => a.Item2));
}
