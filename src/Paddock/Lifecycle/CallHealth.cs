namespace Paddock.Lifecycle;

/// <summary>What the host does of itself about a plugin that fails.</summary>
internal enum HealthVerdict
{
    /// <summary>Nothing.</summary>
    Fine,

    /// <summary>Each of the first calls of a new version failed: bring the former back.</summary>
    RollBack,

    /// <summary>It crashed too often in a row: stop it.</summary>
    Quarantine,
}

/// <summary>Counts how the calls of a plugin end.</summary>
internal sealed class CallHealth
{
    private readonly Lock _gate = new();
    private string? _probation;
    private int _firstFailures;
    private int _crashes;

    /// <summary>A new version's first calls are watched from now on.</summary>
    public void Watch(string digest)
    {
        lock (_gate)
        {
            _probation = digest;
            _firstFailures = 0;
            _crashes = 0;
        }
    }

    /// <summary>Forgets what was counted.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _probation = null;
            _crashes = 0;
        }
    }

    public HealthVerdict Ended(string digest, CallResult result, int rollbackAfter, int quarantineAfter)
    {
        // What a policy denies or a caller cancels is no fault of the version.
        if (result.Status is CallStatus.Cancelled or CallStatus.Denied) return HealthVerdict.Fine;
        lock (_gate)
        {
            if (result.Status == CallStatus.Completed)
            {
                if (_probation == digest) _probation = null;
                _crashes = 0;
                return HealthVerdict.Fine;
            }

            if (_probation == digest && rollbackAfter > 0 && ++_firstFailures >= rollbackAfter)
            {
                _probation = null;
                return HealthVerdict.RollBack;
            }

            if (!IsCrash(result) || quarantineAfter == 0 || ++_crashes < quarantineAfter) return HealthVerdict.Fine;
            // Counted anew, so that a verdict which came to nothing (a change was under way) is given again.
            _crashes = 0;
            return HealthVerdict.Quarantine;
        }
    }

    // An error that a guest throws is an answer; what takes its sandbox down is a crash.
    private static bool IsCrash(CallResult result) => result.Status == CallStatus.LimitExceeded
        ? result.Error?.Code is ErrorCodes.TimeLimit or ErrorCodes.MemoryLimit or ErrorCodes.StackLimit
        : result.Error?.Code is ErrorCodes.GuestTrap or ErrorCodes.GuestDeadlock or ErrorCodes.ProcessEnded or ErrorCodes.ProtocolError;
}
