namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>What came of one request.</summary>
/// <param name="Value">JSON of the value, copied; empty where there is a failure.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Reusable">Whether the guest may be asked again.</param>
internal readonly record struct GuestAnswer(ReadOnlyMemory<byte> Value, GuestFailure? Failure, bool Reusable)
{
    /// <summary>Whether the guest was gone before it said anything.</summary>
    internal bool Unheard { get; init; }
}
