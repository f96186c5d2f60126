using System.Text.Json;
using Paddock.HostApi.Door;

namespace Paddock.HostApi.Tests.Door;

public sealed class AllocationTests
{
    [Fact]
    public void Decide_AndAccounting_AllocateNothing()
    {
        using var probe = new DoorProbe();
        for (var i = 0; i < 10_000; i++) Assert.True(probe.Decide());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++) probe.Decide();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        // Control: the measure sees what does allocate.
        before = GC.GetAllocatedBytesForCurrentThread();
        probe.Denied();
        Assert.NotEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
