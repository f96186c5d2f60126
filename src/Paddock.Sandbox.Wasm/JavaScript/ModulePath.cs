namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>Module specifiers within a package. There is no search path: "./x.js" and "../x.js" name files, anything else names itself and is not found unless it is a file's path.</summary>
internal static class ModulePath
{
    internal static string Resolve(string importer, string specifier)
    {
        if (!specifier.StartsWith("./", StringComparison.Ordinal) && !specifier.StartsWith("../", StringComparison.Ordinal)) return specifier;
        var segments = new List<string>(importer.Split('/')[..^1]);
        foreach (var segment in specifier.Split('/'))
        {
            if (segment is "." or "") continue;
            if (segment != "..") segments.Add(segment);
            else if (segments.Count > 0) segments.RemoveAt(segments.Count - 1);
            else return specifier;
        }

        return string.Join('/', segments);
    }
}
