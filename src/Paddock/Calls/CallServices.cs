using Paddock.HostApi;

namespace Paddock.Calls;

/// <summary>What every loaded plugin shares.</summary>
internal sealed record CallServices(CallGate Gate, HostDoor Door, CallJournal Journal, TimeProvider Clock, int CallsPerPlugin);
