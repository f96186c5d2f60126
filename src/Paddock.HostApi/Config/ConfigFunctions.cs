using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Paddock.HostApi.Config;

internal sealed class ConfigFunctionGroup(IConfiguration configuration, ConfigFunctionOptions options) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions host, TimeProvider clock) => [new GetConfig(configuration, options)];
}

/// <summary>config.get {key}: {value}, null where there is none.</summary>
internal sealed partial class GetConfig(IConfiguration configuration, ConfigFunctionOptions options) : HostFunction("config.get", PermissionType.Config, Access.Read, "key")
{
    internal override string Target(JsonElement arguments) => Key(arguments).Written;

    // SECURITY: a scope of "*" or of a whole section must not hand out the connection strings in it. Words are refused before any
    // pattern is looked at; only the application's own list together with a grant for the very key lets one through.
    internal override bool Covers(Permission granted, JsonElement arguments)
    {
        var key = Key(arguments);
        if (IsSensitive(key)) return MayBeGranted(key) && granted.Scope.Any(key.IsNamedBy);
        return granted.Scope.Any(key.IsCoveredBy);
    }

    // SECURITY: a manifest that names such a key, under a policy that grants everything, holds a grant for the very key that nobody meant
    // to give. The policy has to name it as what it is.
    internal override bool Permits(GrantSet grants, JsonElement arguments)
    {
        var key = Key(arguments);
        return !IsSensitive(key) || grants.SensitiveConfigKeys.Any(key.IsNamedBy);
    }

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Json(new { value = Value(Key(call.Arguments)) }));

    private bool IsSensitive(ConfigKey key) => key.IsSensitive || (Value(key) is { } value && Credential().IsMatch(value));

    private bool MayBeGranted(ConfigKey key) => options.GrantableSensitiveKeys.Any(key.IsNamedBy);

    // As written first: a name can have dots of its own ("Logging:LogLevel:Microsoft.AspNetCore").
    private string? Value(ConfigKey key) =>
        configuration[key.Written] ?? configuration[key.Plain.Replace('.', ':')];

    private static ConfigKey Key(JsonElement arguments) =>
        ConfigKey.TryParse(Arguments.Text(arguments, "key")) ?? throw Arguments.Invalid("key is empty, too long, or has other characters than letters, digits and _ - . : of ASCII.");

    // An address with a password in it, a connection string under an innocent name, a private key.
    [GeneratedRegex(@"://[^/?#\s]*:[^/?#\s]*@|(password|pwd|secret|accountkey|sharedaccesskey)\s*=|-----BEGIN [A-Z ]*PRIVATE KEY", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Credential();
}
