namespace Paddock;

/// <summary>A job of a running plugin.</summary>
/// <param name="Plugin">Name of the plugin.</param>
/// <param name="Digest">Digest of the version it belongs to.</param>
/// <param name="Registration">What the plugin says of it.</param>
public sealed record JobRecord(string Plugin, string Digest, JobRegistration Registration)
{
    /// <summary>What it is known by: <c>plugin.NAME.ID</c>.</summary>
    public string Key => KeyOf(Plugin, Registration.Id);

    /// <summary>When it runs next; null where it is not enabled or its schedule names no further time.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The newest run, also one under way; null for none.</summary>
    public JobRunRecord? Last { get; init; }

    /// <summary>What a job is known by.</summary>
    public static string KeyOf(string plugin, string job) => $"plugin.{plugin}.{job}";
}
