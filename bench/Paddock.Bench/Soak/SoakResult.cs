namespace Paddock.Bench.Soak;

/// <summary>What came of one host's soak.</summary>
internal sealed class SoakResult(string name)
{
    internal string Name => name;

    internal long Written { get; private set; }

    internal long Failed { get; private set; }

    internal string? FirstFailure { get; private set; }

    internal long Attacks { get; private set; }

    internal long Escapes { get; private set; }

    internal int Lost { get; private set; }

    internal int BrokenAudits { get; private set; }

    internal int Verifications { get; private set; }

    internal int Upgrades { get; set; }

    internal int PolicyChanges { get; set; }

    internal int Kills { get; set; }

    /// <summary>Megabytes of process and managed heap, medians of the second and the last quarter; null where the host did not live long enough.</summary>
    internal (double Set, double LaterSet, double Heap, double LaterHeap)? Memory { get; set; }

    internal bool IsFine => Lost == 0 && BrokenAudits == 0 && Escapes == 0 && Failed == 0 && Written > 0;

    internal async Task VerifyAsync(Ledger ledger) => Lost += await ledger.LostAsync();

    internal async Task VerifyAuditAsync(SoakHost host)
    {
        Verifications++;
        if (await host.ControlAsync("verify", "-", 0) != "intact") BrokenAudits++;
    }

    internal void Add(IEnumerable<Ledger> ledgers, IEnumerable<Attack> attacks)
    {
        foreach (var ledger in ledgers)
        {
            Written += ledger.Written;
            Failed += ledger.Failed;
            FirstFailure ??= ledger.FirstFailure;
        }

        foreach (var attack in attacks)
        {
            Attacks += attack.Calls;
            Escapes += attack.Escapes;
        }
    }
}
