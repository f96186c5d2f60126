using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock.HostApi;

/// <summary>One function of the host API. What it needs is stated, so that <see cref="HostDoor"/> asks for it in one place.</summary>
internal abstract class HostFunction(string name, PermissionType permission, Access access, params string[] members)
{
    // The reply goes to a guest's JSON parser, never into a page: escaping all but ASCII would only make it up to six times longer.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal string Name { get; } = name;

    internal PermissionType Permission { get; } = permission;

    internal Access Access { get; } = access;

    /// <summary>The members its arguments may have.</summary>
    internal IReadOnlyList<string> Members { get; } = members;

    /// <summary>What the audit calls the thing that is asked for.</summary>
    internal abstract string Target(JsonElement arguments);

    /// <summary>The grant that covers these arguments, or null.</summary>
    internal abstract Grant? Covering(IEnumerable<Grant> grants, JsonElement arguments);

    /// <summary>Performs the effect. Only called with a grant that covers it.</summary>
    internal abstract ValueTask<HostReply> PerformAsync(JsonElement arguments, Grant grant, HostCallScope scope, CancellationToken cancellationToken);

    /// <summary>A reply with this value.</summary>
    protected static HostReply Json<T>(T value) => HostReply.Ok(JsonSerializer.SerializeToUtf8Bytes(value, Plain));
}

/// <summary>The arguments are not what the function takes. The message is for the guest.</summary>
internal sealed class HostCallException(string code, string message) : Exception(message)
{
    internal string Code { get; } = code;
}
