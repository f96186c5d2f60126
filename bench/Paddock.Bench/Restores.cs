using System.Diagnostics;
using Paddock.Sandbox.Wasm.JavaScript;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Bench;

/// <summary>The guest's part of a call, on a guest thread: with the restore before it, and again on what that call left.</summary>
internal sealed class Restores
{
    private const int WarmUp = 1000, Rounds = 2000;

    private readonly EngineImage _engine = EngineImage.Create(TimeProvider.System);

    /// <summary>Microseconds at the median. The difference of the first two is what a fresh state costs, page faults included.</summary>
    internal readonly record struct Cost(double With, double Without, double RestoreAlone)
    {
        internal double OfFreshState => With - Without;
    }

    /// <param name="source">The plugin that is called.</param>
    /// <param name="neighbour">A plugin that is called in the same instance before each round; null for none.</param>
    internal static async Task<Cost> MeasureAsync(string source, string? neighbour = null)
    {
        using var threads = new GuestThreads(1, 16 << 20);
        return await threads.RunAsync(() => new Restores().Measure(source, neighbour), new ThreadShare(1), CancellationToken.None);
    }

    private Cost Measure(string source, string? neighbour)
    {
        using var guest = new QuickJs(_engine.Module);
        var spec = Plugins.Spec(source);
        var image = Load(guest, spec);
        var other = neighbour is null ? null : Load(guest, Plugins.Spec(neighbour));
        Samples with = new(Rounds), without = new(Rounds), restore = new(Rounds);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            if (i == 0) foreach (var samples in new[] { with, without, restore }) samples.Clear();
            if (other is not null) Restored(guest, other, spec);
            // In pairs, so that whatever else the machine does falls on both.
            var start = Stopwatch.GetTimestamp();
            var session = Session(spec);
            guest.Begin(image, session, spec.Limits);
            restore.AddSince(start);
            Call(guest, session);
            with.AddSince(start);

            start = Stopwatch.GetTimestamp();
            session = Session(spec);
            guest.Attach(session, spec.Limits);
            Call(guest, session);
            without.AddSince(start);
        }

        return new Cost(with.Median, without.Median, restore.Median);
    }

    private InstanceImage Load(QuickJs guest, SandboxSpec spec) => PluginLoader.Load(guest, _engine, spec, Session(spec));

    private void Restored(QuickJs guest, InstanceImage image, SandboxSpec spec)
    {
        var session = Session(spec);
        guest.Begin(image, session, spec.Limits);
        Call(guest, session);
    }

    private void Call(QuickJs guest, CallSession session)
    {
        guest.Apply(_engine.Bridge,
        [
            guest.NewString("call"u8), guest.NewString(""u8), guest.NewString(Plugins.Call.Input.Span), guest.NewString("null"u8), guest.NewString("null"u8),
            guest.NewNumber(1), guest.NewNumber(2), guest.NewNumber(3), guest.NewNumber(4),
        ]);
        guest.RunJobs(() => session.Outcome is not null);
        if (session.Outcome is not { Outcome: GuestOutcome.Value }) throw new InvalidOperationException("The call failed.");
    }

    private static CallSession Session(SandboxSpec spec) => new(spec, spec.Limits, TimeProvider.System);
}
