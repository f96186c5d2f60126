namespace Paddock.Packaging;

/// <summary>Reads <c>capabilities: { required: [], optional: [] }</c>.</summary>
internal sealed class CapabilityReader(ManifestFindings findings) : NodeReader(findings)
{
    private const string Expected = "a kind and a name such as tool:ticket.*, cli:stats.show or hook:ticket.created";

    public CapabilityRequest Read(DataNode value)
    {
        if (Mapping(value, "capabilities") is not { } capabilities) return CapabilityRequest.None;
        IReadOnlyList<string> required = [], optional = [];
        foreach (var (key, list) in capabilities.Entries)
        {
            switch (key.Text)
            {
                case "required": required = Matches(list, Forms.Capability(), key.Text, Expected); break;
                case "optional": optional = Matches(list, Forms.Capability(), key.Text, Expected); break;
                default: Unknown(key, "required and optional"); break;
            }
        }

        return new CapabilityRequest(required, optional);
    }
}
