namespace Paddock.Plugins;

/// <summary>The codes that a plugin may say of itself.</summary>
internal static class Codes
{
    internal const string GuestError = "GUEST_ERROR", EntryPointNotFound = "ENTRYPOINT_NOT_FOUND", ResultInvalid = "RESULT_INVALID", ResultLimit = "RESULT_LIMIT",
        MemoryLimit = "MEMORY_LIMIT", StackLimit = "STACK_LIMIT", HostCallRefused = "HOST_CALL_REFUSED", HostCallLimit = "HOST_CALL_LIMIT";
}
