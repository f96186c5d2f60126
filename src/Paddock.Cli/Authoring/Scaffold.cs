namespace Paddock.Cli;

/// <summary>The files of a new plugin: resources of this program under <c>Scaffolds/KIND/</c>, with the plugin's name put in.</summary>
internal static class Scaffold
{
    private const string Name = "my-plugin";

    /// <summary>Paths and texts. GoatKit's plugin differs from Paddock's own WebAssembly plugin in its manifest only.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string kind, string name)
    {
        var files = Resources(kind).ToDictionary(f => f.Path, f => f.Resource, StringComparer.Ordinal);
        if (kind == "goatkit-wasm")
            foreach (var (path, resource) in Resources("wasm")) files.TryAdd(path, resource);
        foreach (var (path, resource) in files)
        {
            using var reader = new StreamReader(typeof(Scaffold).Assembly.GetManifestResourceStream(resource)!);
            yield return (path, reader.ReadToEnd().Replace(Name, name, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<(string Path, string Resource)> Resources(string kind)
    {
        string prefix = $"Scaffolds/{kind}/";
        return typeof(Scaffold).Assembly.GetManifestResourceNames()
            .Select(resource => (Path: resource.Replace('\\', '/'), Resource: resource))
            .Where(r => r.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(r => (r.Path[prefix.Length..], r.Resource));
    }

    /// <summary>What to do next, as commands.</summary>
    public static string Next(string kind, string name) => kind is "javascript" or "python" or "node"
        ? $"try it:  paddock run {name} --input '{{\"name\":\"you\"}}'\npack it: paddock pack {name}"
        : $"build it: {name}/build.sh   (clang with wasi-libc)\npack it:  paddock pack {name}/package";
}
