namespace Paddock.HostApi.Door;

/// <summary>What the door decided about one host call.</summary>
internal readonly struct Decision
{
    /// <summary>The grant that covers it; null where it needs none, where it is only observed, and where it is denied.</summary>
    internal Grant? Grant { get; init; }

    /// <summary>The grants that its function may look at.</summary>
    internal Grant[] Held { get; init; }

    /// <summary>Why it is denied; null where it is not.</summary>
    internal CallError? Error { get; init; }

    /// <summary>Whether it is performed though enforcement alone would deny it.</summary>
    internal bool OnlyObserved { get; init; }
}
