using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Tests;

/// <summary>Hosts that share a state directory.</summary>
public sealed class HostLeaseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pdk");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Take_ManyAtOnceInANewDirectory_AllHaveOneStore()
    {
        for (int round = 0; round < 50; round++)
        {
            string directory = Path.Combine(_folder.FullName, $"{round}");
            var stores = new string[8];
            using var together = new Barrier(stores.Length);
            var threads = Enumerable.Range(0, stores.Length).Select(i => new Thread(() =>
            {
                together.SignalAndWait();
                using var lease = HostLease.Take(directory);
                stores[i] = lease.Store;
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Single(stores.Distinct());
        }
    }

    [Fact]
    public void Take_IdThatWasHalfWritten_IsMadeAnew()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "store"), "0123");
        using var first = HostLease.Take(_folder.FullName);
        using var second = HostLease.Take(_folder.FullName);
        Assert.Equal(16, first.Store.Length);
        Assert.Equal(first.Store, second.Store);
    }

    [Fact]
    public void IsOfLivingHost_HostsComeAndGo_IsWhoHoldsItsLease()
    {
        using var self = HostLease.Take(_folder.FullName);
        var other = HostLease.Take(_folder.FullName);
        var labels = other.Labels("p");
        Assert.True(self.IsOfLivingHost(labels));
        other.Dispose();
        Assert.False(self.IsOfLivingHost(labels));
        Assert.False(self.IsOfLivingHost(null));
        Assert.True(self.IsOfLivingHost(self.Labels("p")));
    }
}
