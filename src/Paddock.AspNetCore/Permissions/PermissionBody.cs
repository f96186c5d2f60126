using System.Text.Json;
using System.Text.Json.Serialization;

namespace Paddock.AspNetCore;

/// <summary>The body that grants a permission, or asks for one.</summary>
internal sealed record PermissionBody(
    string PluginId, string Resource, IReadOnlyList<string> Actions, ScopeBody? Scope, DateTimeOffset? ExpiresAt, int? ExpiresInDays, string? Digest)
{
    public static GrantRequest ReadGrant(JsonElement body)
    {
        var reader = new BodyReader(body);
        string? plugin = reader.Text("pluginId", required: true);
        var expiry = ExpiryBody.Read(reader);
        string? digest = reader.Text("digest");
        var permission = ReadPermission(reader);
        return new GrantRequest { PluginId = plugin!, Permission = permission!, Expiry = expiry, ReviewedDigest = digest };
    }

    public static PermissionRequestDraft ReadRequest(JsonElement body)
    {
        var reader = new BodyReader(body);
        string? plugin = reader.Text("pluginId", required: true);
        string? reason = reader.Text("reason", required: true, longest: 4096);
        // Gitu's clients send an expiry with a request. It is read so that a malformed one is told, and decides nothing:
        // whoever approves says for how long.
        _ = ExpiryBody.Read(reader);
        var permission = ReadPermission(reader);
        return new PermissionRequestDraft { PluginId = plugin!, Permission = permission!, Reason = reason! };
    }

    // Reads what is left of the body and closes it: after this, every member was right.
    private static Permission? ReadPermission(BodyReader reader)
    {
        string? resource = reader.Text("resource", required: true);
        var actions = reader.TextList("actions", required: true);
        var scope = reader.Object("scope");
        var type = Names.Resource(resource);
        if (resource is not null && type is null) reader.Report("resource", "The resource is not known.", "It is files, http, kv or shell.");
        var access = actions is null ? null : Names.AccessOf(actions);
        if (actions is not null && access is null or Access.None) reader.Report("actions", "The list of actions is empty, or one is not known or repeated.", "They are read, write, execute and delete.");
        string? member = type switch
        {
            PermissionType.Files => "allowedPaths",
            PermissionType.Shell => "allowedCommands",
            PermissionType.Kv => "allowedKeys",
            PermissionType.Http => "allowedHosts",
            _ => null,
        };
        var items = member is null ? null : scope?.TextList(member);
        reader.Finish(scope);
        return new Permission(type!.Value, access!.Value, items ?? []);
    }
}

/// <summary>To what a permission reaches: directories for files, commands for shell, prefixes of keys for kv, of which <c>*</c> stands for all, hosts for http.</summary>
internal sealed record ScopeBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedPaths = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedCommands = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedKeys = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedHosts = null)
{
    public static ScopeBody From(Permission permission) => permission.Type switch
    {
        PermissionType.Files => new(AllowedPaths: permission.Scope),
        PermissionType.Shell => new(AllowedCommands: permission.Scope),
        PermissionType.Kv => new(AllowedKeys: permission.Scope),
        PermissionType.Http => new(AllowedHosts: permission.Scope),
        _ => throw new ArgumentOutOfRangeException(nameof(permission)),
    };
}

/// <summary>The body of a request for a permission.</summary>
internal sealed record PermissionRequestBody(
    string PluginId, string Resource, IReadOnlyList<string> Actions, ScopeBody? Scope, string Reason, DateTimeOffset? ExpiresAt, int? ExpiresInDays);

/// <summary>Until when a permission holds: one of the two, or neither for 30 days.</summary>
internal sealed record ExpiryBody(DateTimeOffset? ExpiresAt, int? ExpiresInDays)
{
    public static GrantExpiry Read(BodyReader reader) => new(reader.Instant("expiresAt"), reader.Integer("expiresInDays"));

    public static GrantExpiry ReadAlone(JsonElement body)
    {
        var reader = new BodyReader(body);
        var expiry = Read(reader);
        reader.Finish();
        return expiry;
    }
}
