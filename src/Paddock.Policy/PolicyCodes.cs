namespace Paddock.Policy;

/// <summary>The stable codes of findings about policies and of what a decision found.</summary>
public static class PolicyCodes
{
    /// <summary>Unsigned code runs in the host's process.</summary>
    public const string UnsignedInProcess = "UNSIGNED_IN_PROCESS";

    /// <summary>The key that signed the package was revoked; it does not run.</summary>
    public const string SignatureRevoked = "SIGNATURE_REVOKED";

    /// <summary>Nobody decided about the plugin yet; it does not run.</summary>
    public const string PendingReview = "PENDING_REVIEW";

    /// <summary>The plugin is blocked; it does not run.</summary>
    public const string Blocked = "PLUGIN_BLOCKED";

    /// <summary>A plugin that nobody reviewed runs with GoatKit's defaults.</summary>
    public const string GoatKitDefaults = "GOATKIT_DEFAULTS";

    /// <summary>It asks for every table of a database.</summary>
    public const string AllTables = "DB_ALL_TABLES";

    /// <summary>Policy grants requests to every host.</summary>
    public const string AnyHost = "HTTP_ANY_HOST";

    /// <summary>A rate without a bound.</summary>
    public const string RateUnlimited = "RATE_UNLIMITED";

    /// <summary>HTML of the plugin reaches pages unsanitised.</summary>
    public const string RawHtml = "RAW_HTML";

    /// <summary>A key of the configuration that looks like a secret is readable.</summary>
    public const string SensitiveConfig = "SENSITIVE_CONFIG_KEY";

    /// <summary>Reads beyond the grants are performed for a time.</summary>
    public const string Observing = "OBSERVING";

    /// <summary>It asks to keep state between calls, and is not allowed to.</summary>
    public const string StatefulNotGranted = "STATEFUL_NOT_GRANTED";

    /// <summary>A capability that it cannot run without is not granted.</summary>
    public const string CapabilityRequired = "CAPABILITY_REQUIRED";

    /// <summary>A capability is not granted.</summary>
    public const string CapabilityNotGranted = "CAPABILITY_NOT_GRANTED";

    /// <summary>Policy grants nothing of the kind.</summary>
    public const string NotGranted = "NOT_GRANTED";

    /// <summary>Policy grants the kind, but not this access.</summary>
    public const string AccessNotGranted = "ACCESS_NOT_GRANTED";

    /// <summary>Policy grants the kind and the access, but not to this.</summary>
    public const string ScopeNotGranted = "SCOPE_NOT_GRANTED";

    /// <summary>An entry of a scope, or a scope, that covers nothing.</summary>
    public const string ScopeInvalid = "SCOPE_INVALID";

    /// <summary>Policy grants what the manifest does not ask for.</summary>
    public const string NotAsked = "NOT_ASKED";

    /// <summary>A limit is lower than the manifest asks for.</summary>
    public const string Lowered = "LIMIT_LOWERED";

    /// <summary>The isolation is higher than the manifest asks for.</summary>
    public const string IsolationRaised = "ISOLATION_RAISED";

    /// <summary>The host's isolation lets no plugin reach the network, whatever policy grants.</summary>
    public const string NetworkDisabled = "NETWORK_DISABLED";

    /// <summary>A policy that is no policy: its form is wrong.</summary>
    public const string PolicyInvalid = "POLICY_INVALID";

    /// <summary>A policy with a member that is not known.</summary>
    public const string PolicyUnknownMember = "POLICY_UNKNOWN_MEMBER";

    /// <summary>Consent does not reach the new version: no trusted signature, or another key.</summary>
    public const string ConsentPublisher = "CONSENT_PUBLISHER";

    /// <summary>Consent does not reach the new version: another name.</summary>
    public const string ConsentName = "CONSENT_NAME";

    /// <summary>The new version asks for an effect that was not asked for before.</summary>
    public const string ConsentPermission = "CONSENT_PERMISSION";

    /// <summary>The new version asks for a capability that was not asked for before.</summary>
    public const string ConsentCapability = "CONSENT_CAPABILITY";

    /// <summary>The new version contributes something that has to be looked at.</summary>
    public const string ConsentContribution = "CONSENT_CONTRIBUTION";

    /// <summary>The new version names a secret that was not named before.</summary>
    public const string ConsentSecret = "CONSENT_SECRET";

    /// <summary>The new version asks for a higher limit.</summary>
    public const string ConsentLimit = "CONSENT_LIMIT";

    /// <summary>The new version runs on another runtime.</summary>
    public const string ConsentRuntime = "CONSENT_RUNTIME";

    /// <summary>The new version asks for less isolation.</summary>
    public const string ConsentIsolation = "CONSENT_ISOLATION";

    /// <summary>The new version asks to keep state between calls.</summary>
    public const string ConsentStateful = "CONSENT_STATEFUL";

    /// <summary>The plugin is not in a closed policy file.</summary>
    public const string NotInPolicyFile = "NOT_IN_POLICY_FILE";

    /// <summary>The plugin asks for more than a closed policy file permits.</summary>
    public const string DisallowedPermissions = "DISALLOWED_PERMISSIONS";
}
