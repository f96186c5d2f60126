namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>How a call that did not complete ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Error">Why.</param>
internal readonly record struct GuestFailure(CallStatus Status, CallError Error)
{
    internal static GuestFailure Fault(string code, string message) => new(CallStatus.GuestFault, new CallError(code, message));

    /// <summary>An error under the status that its code has.</summary>
    internal static GuestFailure Of(CallError error) => new(error.Code switch
    {
        ErrorCodes.Cancelled => CallStatus.Cancelled,
        ErrorCodes.SandboxUnavailable or ErrorCodes.PermissionDenied => CallStatus.Denied,
        ErrorCodes.TimeLimit or ErrorCodes.TurnLimit or ErrorCodes.MemoryLimit or ErrorCodes.StackLimit or ErrorCodes.ResultLimit
            or ErrorCodes.LogLimit or ErrorCodes.HostCallLimit or ErrorCodes.CallDepthLimit => CallStatus.LimitExceeded,
        _ => CallStatus.GuestFault,
    }, error);

    /// <summary>A limit was reached, or the caller cancelled.</summary>
    internal static GuestFailure Limit(string code) => Of(new CallError(code, code switch
    {
        ErrorCodes.Cancelled => "The caller cancelled.",
        ErrorCodes.TimeLimit => "The call took longer than it may.",
        ErrorCodes.TurnLimit => "The time was over before the call had its turn.",
        ErrorCodes.MemoryLimit => "The call needed more memory than it may use.",
        ErrorCodes.StackLimit => "The call recursed deeper than it may.",
        ErrorCodes.ResultLimit => "The result is larger than it may be.",
        ErrorCodes.LogLimit => "The call logged more than it may.",
        ErrorCodes.CallDepthLimit => "Too many plugins stand between the first caller and this call.",
        _ => "The call made more, or larger, host calls than it may.",
    }));

    internal static GuestFailure Ended { get; } = Fault(ErrorCodes.ProcessEnded, "The plugin's process ended before it answered.");

    internal static GuestFailure Violation { get; } = Fault(ErrorCodes.ProtocolError, "The plugin's process answered what is no answer of its protocol; it was ended.");
}
