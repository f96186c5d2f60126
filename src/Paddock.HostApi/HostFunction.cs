using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock.HostApi;

/// <summary>What a function counts against, beside the calls of the plugin.</summary>
internal enum RateKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Queries and statements of a minute.</summary>
    Db,

    /// <summary>Requests of a minute.</summary>
    Http,

    /// <summary>Mails of a minute.</summary>
    Email,
}

/// <summary>One function of the host API. What it needs is stated, so that <see cref="HostDoor"/> asks for it in one place.</summary>
/// <param name="name">What a guest calls it by.</param>
/// <param name="permission">The permission it needs; null for a function that has no effect outside the call (translate).</param>
/// <param name="access">The access it needs of that permission.</param>
/// <param name="members">The members its arguments may have.</param>
internal abstract class HostFunction(string name, PermissionType? permission, Access access, params string[] members)
{
    // The reply goes to a guest's JSON parser, never into a page: escaping all but ASCII would only make it up to six times longer.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal string Name { get; } = name;

    internal PermissionType? Permission { get; } = permission;

    internal Access Access { get; } = access;

    /// <summary>Whether a grant with this access is among those that decide. Usually one with all of <see cref="Access"/>; a statement that writes one table and reads another needs both kinds.</summary>
    internal virtual bool Considers(Access granted) => Access != Access.None && (granted & Access) == Access;

    /// <summary>The members its arguments may have.</summary>
    internal IReadOnlyList<string> Members { get; } = members;

    /// <summary>Whether guests call it by its name. One that they do not is the host's way to do something for them.</summary>
    internal virtual bool IsForGuests => true;

    /// <summary>What it counts against.</summary>
    internal virtual RateKind Rate => RateKind.None;

    /// <summary>Whether it only reads, so that its record may be kept soon rather than before.</summary>
    internal bool OnlyReads => Access is Access.Read or Access.None;

    /// <summary>What the audit calls the thing that is asked for; null for nothing.</summary>
    internal abstract string? Target(JsonElement arguments);

    /// <summary>Whether a permission covers these arguments. Must not allocate on the usual way.</summary>
    internal abstract bool Covers(Permission granted, JsonElement arguments);

    /// <summary>The grant that covers these arguments, or null.</summary>
    /// <param name="held">The plugin's grants of this function's permission that it considers and that hold now.</param>
    /// <param name="arguments">The call's arguments.</param>
    internal virtual Grant? Covering(IReadOnlyList<Grant> held, JsonElement arguments)
    {
        for (var i = 0; i < held.Count; i++)
        {
            if (Covers(held[i].Permission, arguments)) return held[i];
        }

        return null;
    }

    /// <summary>Whether the set as a whole permits what one of its grants covers.</summary>
    internal virtual bool Permits(GrantSet grants, JsonElement arguments) => true;

    /// <summary>Performs the effect. Only called with a grant that covers it, unless it needs none.</summary>
    internal abstract ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken);

    /// <summary>A reply with this value.</summary>
    protected static HostReply Json<T>(T value) => HostReply.Ok(JsonSerializer.SerializeToUtf8Bytes(value, Plain));
}

/// <summary>The arguments are not what the function takes. The message is for the guest.</summary>
internal sealed class HostCallException(string code, string message) : Exception(message)
{
    internal string Code { get; } = code;
}
