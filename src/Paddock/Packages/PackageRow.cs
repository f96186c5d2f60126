namespace Paddock.Packages;

/// <summary>An installed package as its plugin's row says it.</summary>
internal sealed class PackageRow
{
    public const string Columns = "t.id, t.tenant, t.owner, t.name, t.description, t.enabled, t.publisher, t.quarantine, t.origin, t.uninstalled_at AS UninstalledAt, t.created_at AS CreatedAt, t.updated_at AS UpdatedAt, t.revision";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public bool Enabled { get; set; }

    public string? Publisher { get; set; }

    public string? Quarantine { get; set; }

    /// <summary>The entry of the packages directory that it came from; null for none.</summary>
    public string? Origin { get; set; }

    public long? UninstalledAt { get; set; }

    public long CreatedAt { get; set; }

    public long UpdatedAt { get; set; }

    public long Revision { get; set; }
}

/// <summary>Where a version of a package stands.</summary>
internal enum VersionState
{
    /// <summary>Stored; an operator has to look at it.</summary>
    Waiting = 0,

    /// <summary>The one that serves.</summary>
    Active = 1,

    /// <summary>Served before; may be brought back.</summary>
    Former = 2,

    /// <summary>Served, failed and was taken back by the host itself.</summary>
    Failed = 3,
}

/// <summary>A version of a package as it is stored. The bytes are blobs.</summary>
internal sealed class VersionRow
{
    public const string Columns = "t.plugin_id AS PluginId, t.digest, t.tenant, t.owner, t.version, t.publisher, t.signature, t.files, t.size, t.registration, t.state, t.installed_by AS InstalledBy, t.installed_at AS InstalledAt, t.activated_at AS ActivatedAt";

    public string PluginId { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string Version { get; set; } = "";

    public string? Publisher { get; set; }

    public int Signature { get; set; }

    /// <summary>JSON array of <see cref="StoredFile"/>.</summary>
    public string Files { get; set; } = "[]";

    public long Size { get; set; }

    public byte[]? Registration { get; set; }

    public int State { get; set; }

    public string InstalledBy { get; set; } = "";

    public long InstalledAt { get; set; }

    public long? ActivatedAt { get; set; }
}

/// <summary>A file of a package: where it lies in it, and the blob that it is.</summary>
internal sealed record StoredFile(string Path, string Sha256, long Size);
