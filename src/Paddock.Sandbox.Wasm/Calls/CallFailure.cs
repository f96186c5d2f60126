using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Calls;

/// <summary>How a call that did not complete ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Error">Why.</param>
internal readonly record struct CallFailure(CallStatus Status, CallError Error)
{
    /// <summary>The guest itself failed.</summary>
    internal static CallFailure Fault(string code, string message) => new(CallStatus.GuestFault, new CallError(code, message));

    /// <summary>A limit was reached, or the caller cancelled.</summary>
    internal static CallFailure Limit(string code) => new(code == ErrorCodes.Cancelled ? CallStatus.Cancelled : CallStatus.LimitExceeded, new CallError(code, code switch
    {
        ErrorCodes.Cancelled => "The caller cancelled.",
        ErrorCodes.TimeLimit => "The call took longer than it may.",
        ErrorCodes.MemoryLimit => "The call needed more memory than it may use.",
        ErrorCodes.StackLimit => "The call recursed deeper than it may.",
        ErrorCodes.ResultLimit => "The result is larger than it may be.",
        ErrorCodes.LogLimit => "The call logged more than it may.",
        _ => "The call made more, or larger, host calls than it may.",
    }));

    /// <summary>The guest trapped.</summary>
    internal static CallFailure Trap(TrapCode code, Deadline deadline) => code switch
    {
        TrapCode.Interrupted when deadline.Reason is { } reason => Limit(reason),
        TrapCode.MemoryLimit => Limit(ErrorCodes.MemoryLimit),
        TrapCode.StackExhausted => Limit(ErrorCodes.StackLimit),
        _ => Fault(ErrorCodes.GuestTrap, "The plugin's code trapped; the call was ended."),
    };
}
