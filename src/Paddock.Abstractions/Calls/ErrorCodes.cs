namespace Paddock;

/// <summary>The stable codes of a <see cref="CallError"/>. Programs and tests match these, never a message.</summary>
public static class ErrorCodes
{
    /// <summary>The guest threw, or its promise was rejected.</summary>
    public const string GuestError = "GUEST_ERROR";

    /// <summary>The guest awaits a promise that nothing can settle any more.</summary>
    public const string GuestDeadlock = "GUEST_DEADLOCK";

    /// <summary>The guest's engine trapped (a defect of the engine or an attack; contained).</summary>
    public const string GuestTrap = "GUEST_TRAP";

    /// <summary>The source is not valid in its language.</summary>
    public const string CompileError = "CODE_COMPILE_ERROR";

    /// <summary>A WebAssembly module is written for none of the known interfaces, or for more than one.</summary>
    public const string AbiUnknown = "ABI_UNKNOWN";

    /// <summary>A WebAssembly module wants something that its interface does not have.</summary>
    public const string ImportUnknown = "IMPORT_UNKNOWN";

    /// <summary>The code is larger, or takes longer to compile, than the host allows.</summary>
    public const string CodeLimit = "CODE_LIMIT";

    /// <summary>The module exports no such function.</summary>
    public const string EntryPointNotFound = "ENTRYPOINT_NOT_FOUND";

    /// <summary>The result cannot be written as JSON.</summary>
    public const string ResultInvalid = "RESULT_INVALID";

    /// <summary>Wall time is over.</summary>
    public const string TimeLimit = "TIME_LIMIT";

    /// <summary>The time was over before the call had its turn: the plugin, or the host, had too many at once. No guest code ran.</summary>
    public const string TurnLimit = "TURN_LIMIT";

    /// <summary>Linear memory is used up.</summary>
    public const string MemoryLimit = "MEMORY_LIMIT";

    /// <summary>The stack is used up.</summary>
    public const string StackLimit = "STACK_LIMIT";

    /// <summary>The result is too large.</summary>
    public const string ResultLimit = "RESULT_LIMIT";

    /// <summary>Too much was logged.</summary>
    public const string LogLimit = "LOG_LIMIT";

    /// <summary>Too many host calls.</summary>
    public const string HostCallLimit = "HOST_CALL_LIMIT";

    /// <summary>The caller cancelled.</summary>
    public const string Cancelled = "CANCELLED";

    /// <summary>No host call is allowed in this phase.</summary>
    public const string HostCallRefused = "HOST_CALL_REFUSED";

    /// <summary>No grant covers the effect.</summary>
    public const string PermissionDenied = "PERMISSION_DENIED";

    /// <summary>The plugin was blocked, or may not run any more.</summary>
    public const string PluginBlocked = "PLUGIN_BLOCKED";

    /// <summary>There is no host function of that name.</summary>
    public const string UnknownHostFunction = "UNKNOWN_HOST_FUNCTION";

    /// <summary>A host call's arguments are malformed.</summary>
    public const string InvalidArgument = "INVALID_ARGUMENT";

    /// <summary>The thing named does not exist.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>A quota of stored data is used up.</summary>
    public const string QuotaExceeded = "QUOTA_EXCEEDED";

    /// <summary>The host could not perform the effect; details are in the host's log only.</summary>
    public const string HostError = "HOST_ERROR";

    /// <summary>This host has no sandbox for the plugin's runtime.</summary>
    public const string RuntimeUnavailable = "RUNTIME_UNAVAILABLE";

    /// <summary>This machine lacks a part of the sandbox that the plugin must run in.</summary>
    public const string SandboxUnavailable = "SANDBOX_UNAVAILABLE";

    /// <summary>The plugin's image cannot be built.</summary>
    public const string ImageBuildFailed = "IMAGE_BUILD_FAILED";

    /// <summary>The plugin's image cannot be built again as it was when the plugin was approved.</summary>
    public const string ImageChanged = "IMAGE_CHANGED";

    /// <summary>The plugin's process ended, or was ended, before it answered.</summary>
    public const string ProcessEnded = "PROCESS_ENDED";

    /// <summary>The plugin's process answered what is no answer of its protocol.</summary>
    public const string ProtocolError = "PROTOCOL_ERROR";

    /// <summary>The plugin's process and the host have no version of their interface in common.</summary>
    public const string ProtocolVersion = "PROTOCOL_VERSION";

    /// <summary>The other end of a plugin's connection did not prove that it is the plugin.</summary>
    public const string PeerUnverified = "PEER_UNVERIFIED";

    /// <summary>The plugin used something more often than its rate allows.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>A chain of plugins calling plugins is too long.</summary>
    public const string CallDepthLimit = "CALL_DEPTH_LIMIT";

    /// <summary>A plugin that keeps state between its calls was called by a call of its own, or two of them wait for each other.</summary>
    public const string CallReentered = "CALL_REENTERED";

    /// <summary>The database refused the statement, or could not run it.</summary>
    public const string DatabaseError = "DATABASE_ERROR";

    /// <summary>The other side of a request could not be reached, or answered what is no answer.</summary>
    public const string NetworkError = "NETWORK_ERROR";

    /// <summary>An answer is larger than it may be.</summary>
    public const string ResponseLimit = "RESPONSE_LIMIT";

    /// <summary>The function is not one that this caller may call directly.</summary>
    public const string FunctionNotCallable = "FUNCTION_NOT_CALLABLE";
}
