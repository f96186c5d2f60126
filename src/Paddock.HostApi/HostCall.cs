using System.Text.Json;

namespace Paddock.HostApi;

/// <summary>A host call that has been let through, as a function performs it.</summary>
internal sealed class HostCall(JsonElement arguments, HostCallScope scope, Grant? grant, IReadOnlyList<Grant> held, Func<IReadOnlyList<Grant>> heldNow)
{
    /// <summary>One JSON object with known members. Valid until the function's task ends.</summary>
    internal JsonElement Arguments { get; } = arguments;

    /// <summary>Who asks.</summary>
    internal HostCallScope Scope { get; } = scope;

    /// <summary>The grant that covers the call; null for a function that needs none, and for a read that is only observed.</summary>
    internal Grant? Grant { get; } = grant;

    /// <summary>All grants of the function's permission that it considers, where several together decide (tables of a query). While observing, the ceiling's too.</summary>
    internal IReadOnlyList<Grant> Held { get; } = held;

    /// <summary>The same as <see cref="Held"/>, asked again: what was revoked since the call began is no longer in it. For effects that take long or come in parts.</summary>
    internal IReadOnlyList<Grant> HeldNow() => heldNow();
}
