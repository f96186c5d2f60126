using System.Text.Json;
using Paddock.HostApi.Door;

namespace Paddock.HostApi;

/// <summary>A host call that has been let through, as a function performs it.</summary>
internal sealed class HostCall(JsonElement arguments, HostCallScope scope, in Decision decision, int function, PluginLedger ledger, DoorKeeper keeper)
{
    /// <summary>One JSON object with known members. Valid until the function's task ends.</summary>
    internal JsonElement Arguments { get; } = arguments;

    /// <summary>Who asks.</summary>
    internal HostCallScope Scope { get; } = scope;

    /// <summary>The connection that the function opened, where that is what it is for: it goes to whoever asked beside the reply.</summary>
    internal Stream? Opened { get; set; }

    /// <summary>The grant that covers the call; null for a function that needs none, and for a read that is only observed.</summary>
    internal Grant? Grant { get; } = decision.Grant;

    /// <summary>All grants of the function's permission that it considers, where several together decide (tables of a query). While observing, the ceiling's too, whose id is empty.</summary>
    internal IReadOnlyList<Grant> Held { get; } = decision.Held;

    /// <summary>The same as <see cref="Held"/>, asked again: what was revoked since the call began is no longer in it. For effects that take long or come in parts.</summary>
    internal IReadOnlyList<Grant> HeldNow() => keeper.HeldNow(function, Scope, ledger);

    /// <summary>The plugin's grants of another permission that hold now, for a function whose effect needs both (a command in a directory).</summary>
    internal IReadOnlyList<Grant> GrantsNow(PermissionType type) => keeper.GrantsNow(function, Scope, type);

    /// <summary>Notes what an effect really touched, where its arguments do not say it (the tables of a statement). Does nothing while nothing is observed.</summary>
    /// <param name="access">What was done, or tried.</param>
    /// <param name="entry">The narrowest scope entry that covers it.</param>
    internal void Touched(Access access, string entry) => keeper.Touched(function, Scope, ledger, access, entry);

    /// <summary>Counts what went through the connection that was opened, when it has ended.</summary>
    /// <param name="name">The function.</param>
    /// <param name="sent">Bytes of the guest.</param>
    /// <param name="received">Bytes of the other side.</param>
    internal void Carried(string name, long sent, long received)
    {
        ledger.Ended(sent, received);
        DoorMetrics.Carried(name, Scope, sent + received);
    }
}
