namespace Paddock;

/// <summary>All that a guest can learn from outside besides its input and the replies to its host calls. Used by one guest thread at a time.</summary>
public interface ICallSources
{
    /// <summary>The wall clock, in milliseconds since 1970 UTC.</summary>
    long UtcNowMilliseconds();

    /// <summary>The call's own clock, in nanoseconds since it began; never goes back.</summary>
    long ElapsedNanoseconds();

    /// <summary>Fills <paramref name="buffer"/> with random bytes.</summary>
    void Fill(Span<byte> buffer);

    /// <summary>Which of the host calls whose replies are there is to be handed to the guest next, where several can be under way.</summary>
    /// <param name="completed">Ordinals (0 for the call's first host call) of those whose reply is there and not yet handed over, oldest request first; never empty.</param>
    /// <returns>One of them, or -1 to wait for another.</returns>
    int SettleNext(IReadOnlyList<int> completed);
}
