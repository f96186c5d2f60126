using Paddock.Sandbox.Protocol.Calls;

namespace Paddock.Sandbox.Protocol.Tests;

public sealed class CallDeadlineTests
{
    // The timer's thread is between killing the guest and telling who waits, and the guest has just answered. An exception on a timer's thread would end the host.
    [Fact]
    public void Reach_CallEndsMeanwhile_IsNoFault()
    {
        var deadline = new CallDeadline(TimeSpan.FromHours(1), TimeProvider.System, CancellationToken.None);
        deadline.Watch(_ => deadline.Dispose());
        deadline.Reach(ErrorCodes.TimeLimit);
        Assert.Equal((ErrorCodes.TimeLimit, true), (deadline.Reason, deadline.Token.IsCancellationRequested));
    }

    [Fact]
    public void Dispose_TimeComesLater_IsNotReached()
    {
        var deadline = new CallDeadline(TimeSpan.FromHours(1), TimeProvider.System, CancellationToken.None);
        deadline.Dispose();
        deadline.Dispose();
        deadline.Reach(ErrorCodes.TimeLimit);
        Assert.Null(deadline.Reason);
    }
}
