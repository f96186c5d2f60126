namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>How a call that did not complete ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Error">Why.</param>
internal readonly record struct CallEnd(CallStatus Status, CallError Error)
{
    internal static CallEnd Fault(string code, string message) => new(CallStatus.GuestFault, new CallError(code, message));

    /// <summary>A limit was reached, or the caller cancelled.</summary>
    internal static CallEnd Limit(string code) => new(code == ErrorCodes.Cancelled ? CallStatus.Cancelled : CallStatus.LimitExceeded, new CallError(code, code switch
    {
        ErrorCodes.Cancelled => "The caller cancelled.",
        ErrorCodes.TimeLimit => "The call took longer than it may.",
        ErrorCodes.TurnLimit => "The time was over before the call had its turn.",
        ErrorCodes.MemoryLimit => "The plugin needed more memory than it may use.",
        ErrorCodes.ResultLimit => "The result is larger than it may be.",
        ErrorCodes.LogLimit => "The call logged more than it may.",
        _ => "The call made more, or larger, host calls than it may.",
    }));
}

/// <summary>A call ended otherwise than with a result.</summary>
internal sealed class CallEndedException(CallEnd end) : Exception(end.Error.Message)
{
    internal CallEnd End { get; } = end;
}
