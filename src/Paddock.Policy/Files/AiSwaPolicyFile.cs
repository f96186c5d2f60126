using System.Collections.Frozen;

namespace Paddock.Policy;

/// <summary>An AI-SWA <c>policy.json</c>: which plugins may run, and with which permissions. Closed: what is not in it does not run.</summary>
public sealed class AiSwaPolicyFile
{
    private static readonly string[] Known = ["read_files", "network"];

    private readonly FrozenDictionary<string, IReadOnlyList<string>> _plugins;

    private AiSwaPolicyFile(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> plugins) => _plugins = plugins.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads the file (UTF-8 JSON); null, and everything that is wrong, where it is not of its schema. A host whose file cannot be read runs nothing of this dialect.</summary>
    public static AiSwaPolicyFile? Read(ReadOnlyMemory<byte> json, out IReadOnlyList<Finding> findings)
    {
        var found = new List<Finding>();
        findings = found;
        using var document = JsonNodeReader.Parse(json, PolicyJson.LongestDocument, found);
        if (document is null) return null;
        var reader = new JsonNodeReader(document.RootElement, "", found);
        var read = new Dictionary<string, IReadOnlyList<string>>();
        if (reader.Object("plugins") is { } plugins)
        {
            foreach (var (id, plugin) in plugins.Members())
            {
                if (!plugin.Has("permissions")) plugin.Fail(PolicyCodes.PolicyInvalid, "permissions", "It is missing.", null);
                read[id] = plugin.Texts("permissions", Known.Contains);
                plugin.End();
            }
        }
        else if (found.Count == 0)
        {
            found.Add(new Finding(PolicyCodes.PolicyInvalid, "It is missing.") { Path = "plugins" });
        }

        reader.End();
        return found.Count == 0 ? new AiSwaPolicyFile(read) : null;
    }

    /// <summary>
    /// The policy of a plugin, or why it is rejected before any of its code runs. <c>read_files</c> is reading its own directory;
    /// <c>network</c> names no host here, and is nothing without a native policy that does.
    /// </summary>
    /// <param name="id">The plugin's id.</param>
    /// <param name="requested">The permissions that its manifest asks for, by this system's names.</param>
    /// <param name="rejection">Why not, in this system's words; null where it may run.</param>
    public PluginPolicy? PolicyFor(string id, IEnumerable<string> requested, out Finding? rejection)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(requested);
        rejection = !_plugins.TryGetValue(id, out var permitted) ? new Finding(PolicyCodes.NotInPolicyFile, $"Plugin '{id}' not permitted by policy")
            : requested.Except(permitted, StringComparer.Ordinal).Any() ? new Finding(PolicyCodes.DisallowedPermissions, $"Plugin '{id}' requests disallowed permissions")
            : null;
        return rejection is not null ? null : new PluginPolicy
        {
            Status = PolicyStatus.Approved,
            Grants = permitted!.Contains("read_files") ? [new Permission(PermissionType.Files, Access.Read, ["."])] : [],
            IsolationFloor = IsolationLevel.Process,
        };
    }
}
