namespace Paddock.Sandbox.Wasm.Calls;

/// <summary>The guest failed in a way that its interface has a word for. Passes through the guest's frames, which cannot catch it.</summary>
internal sealed class CallFailedException(CallFailure failure) : Exception(failure.Error.Message)
{
    internal CallFailure Failure { get; } = failure;

    internal static CallFailedException Fault(string code, string message) => new(CallFailure.Fault(code, message));
}
