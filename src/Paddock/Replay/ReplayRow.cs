using Paddock.Store;

namespace Paddock.Replay;

/// <summary>A recording as it is stored.</summary>
internal sealed class ReplayRow
{
    public const string Columns = "t.id, t.tenant, t.plugin_id AS PluginId, t.digest, t.actor, t.at, t.status, t.code_hash AS CodeHash, coalesce(length(t.recording), 0) AS Size";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string PluginId { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Actor { get; set; } = "";

    public long At { get; set; }

    public int Status { get; set; }

    public string CodeHash { get; set; } = "";

    public long Size { get; set; }

    public byte[]? Recording { get; set; }

    public ReplayRecord ToRecord() => new(Id, PluginId, Digest, Actor, Time.Read(At), (CallStatus)Status, Size);
}
