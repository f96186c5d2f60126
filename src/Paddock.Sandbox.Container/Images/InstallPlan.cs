using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.Container.Images;

/// <summary>What a package wants installed, and the files that say so.</summary>
/// <param name="Files">The package's files, with what its manifest's dependencies become.</param>
/// <param name="Locked">Whether a lock file names each package with its hash.</param>
internal sealed record InstallPlan(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files, bool Locked)
{
    private const string Requirements = "requirements.txt";
    private const string NodePackage = "package.json";
    private const string NodeSettings = ".npmrc";
    private const string NodeLock = "package-lock.json";
    private const string NodeModules = "node_modules/";

    /// <summary>Null where there is nothing to install.</summary>
    /// <exception cref="SandboxLoadException">Both a file and the manifest name dependencies.</exception>
    internal static InstallPlan? Of(SandboxSpec spec, ContainerLanguage language)
    {
        string file = language.Language == Language.Python ? Requirements : NodePackage;

        // SECURITY: a file of settings would send npm elsewhere, or have it run what it is told not to, whoever names the dependencies.
        if (spec.Files.Keys.Any(k => Path.GetFileName(k) == NodeSettings)) throw Refused($"The package has a {NodeSettings}; leave it out.");
        if (spec.Dependencies.Count > 0)
        {
            // Which of the two an operator has read cannot be known: one place says it.
            if (spec.Files.ContainsKey(file))
                throw Refused($"Dependencies are in the manifest and in {file}. Leave one out.");
            // SECURITY: a version that is a path, a URL or another line is no version, in the manifest no more than in a file.
            var made = language.Language == Language.Python ? PythonRequirements(spec.Dependencies) : PackageJson(spec.Dependencies);
            if (language.Language == Language.Python ? RequirementsFile.Fault(made) is not null : spec.Dependencies.Values.Any(v => v.AsSpan().ContainsAny(":/\\\n")))
                throw Refused("A dependency of the manifest is no version of the registry's.");
            return new InstallPlan(new Dictionary<string, ReadOnlyMemory<byte>>(spec.Files) { [file] = made }, Locked: false);
        }

        if (!spec.Files.TryGetValue(file, out var content)) return null;
        if (language.Language == Language.Python && RequirementsFile.Fault(content.Span) is { } fault)
            throw Refused($"{Requirements} may name packages of the index, their versions and hashes; this line does not: {new string([.. fault.Where(c => !char.IsControl(c)).Take(100)])}");
        if (language.Language == Language.Python) return new InstallPlan(spec.Files, Encoding.UTF8.GetString(content.Span).Contains("--hash=", StringComparison.Ordinal));
        if (!HasDependencies(content)) return null;
        bool locked = spec.Files.TryGetValue(NodeLock, out var locks);
        return locked && !NamesEachHash(locks) ? throw Refused($"{NodeLock} has to name the hash of each package; write it anew with npm 7 or later.") : new InstallPlan(spec.Files, locked);
    }

    // npm checks the hashes that are there, and takes a package without one as it comes. A link is to a file of the package itself.
    private static bool NamesEachHash(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("packages", out var packages) && packages.ValueKind == JsonValueKind.Object
                && packages.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Object && (!p.Name.Contains(NodeModules, StringComparison.Ordinal) || Has(p.Value, "link", "inBundle", "integrity")));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Has(JsonElement package, params string[] names) =>
        names.Any(n => package.TryGetProperty(n, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.String);

    private static byte[] PythonRequirements(IReadOnlyDictionary<string, string> dependencies) =>
        Encoding.UTF8.GetBytes(string.Concat(dependencies.Select(d => d.Value switch
        {
            "*" or "latest" => $"{d.Key}\n",
            [>= '0' and <= '9', ..] => $"{d.Key}=={d.Value}\n",
            _ => $"{d.Key}{d.Value}\n",
        })));

    private static byte[] PackageJson(IReadOnlyDictionary<string, string> dependencies)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("dependencies");
            foreach (var (name, version) in dependencies) json.WriteString(name, version);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static SandboxLoadException Refused(string message) => new(new CallError(ErrorCodes.ImageBuildFailed, message));

    private static bool HasDependencies(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("dependencies", out var dependencies)
                && dependencies.ValueKind == JsonValueKind.Object && dependencies.EnumerateObject().Any();
        }
        catch (JsonException)
        {
            throw Refused($"{NodePackage} is no JSON.");
        }
    }
}
