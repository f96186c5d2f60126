using System.Text;
using System.Text.Json;
using Paddock.Store;

namespace Paddock.Plugins;

/// <summary>A plugin as it is stored.</summary>
internal sealed class PluginRow
{
    public const string Columns = "t.id, t.tenant, t.owner, t.name, t.description, t.code, t.entrypoint, t.config, t.enabled, t.runtime, t.digest, t.size, t.revision, t.created_at AS CreatedAt, t.updated_at AS UpdatedAt";

    /// <summary>All that a call of a loaded plugin needs: everything but the code, which is the bulk.</summary>
    public const string HeadColumns = "t.id, t.tenant, t.owner, t.name, t.description, '' AS code, t.entrypoint, t.config, t.enabled, t.runtime, t.digest, t.size, t.revision, t.created_at AS CreatedAt, t.updated_at AS UpdatedAt";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string Code { get; set; } = "";

    public string? Entrypoint { get; set; }

    public string? Config { get; set; }

    public bool Enabled { get; set; }

    public int Runtime { get; set; }

    public string Digest { get; set; } = "";

    public long Size { get; set; }

    public long Revision { get; set; }

    public long CreatedAt { get; set; }

    public long UpdatedAt { get; set; }

    public JsonElement? ConfigJson => Config is null ? null : JsonElement.Parse(Config);

    public ReadOnlyMemory<byte>? ConfigBytes => Config is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(Config);

    public PluginRecord ToRecord() => new()
    {
        Id = Id,
        Tenant = Tenant,
        Owner = Owner,
        Name = Name,
        Description = Description,
        Code = Code,
        EntryPoint = Entrypoint,
        Config = ConfigJson,
        Enabled = Enabled,
        Runtime = (PluginRuntime)Runtime,
        Digest = Digest,
        Revision = Revision,
        CreatedAt = Time.Read(CreatedAt),
        UpdatedAt = Time.Read(UpdatedAt),
    };
}
