namespace Paddock;

/// <summary>A <see cref="StateGate"/> that a chain of calls has passed, and those that it had passed before.</summary>
public sealed class StateHold
{
    private readonly StateHold? _outer;

    internal StateHold(StateHold? outer) => _outer = outer;

    internal bool Includes(StateHold other)
    {
        for (var hold = this; hold is not null; hold = hold._outer)
        {
            if (ReferenceEquals(hold, other)) return true;
        }

        return false;
    }
}
