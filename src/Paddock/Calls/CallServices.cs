using Paddock.HostApi;
using Paddock.Replay;

namespace Paddock.Calls;

/// <summary>What every loaded plugin shares.</summary>
internal sealed record CallServices(CallGate Gate, HostDoor Door, ICallJournal Snippets, ICallJournal Packages, TimeProvider Clock, int CallsPerPlugin)
{
    /// <summary>Records calls where an operator asked for it.</summary>
    public required ICallRecorder Recorder { get; init; }
}
