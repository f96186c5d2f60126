namespace Paddock.HostApi.Http;

/// <summary>Lets each plugin do so many things at a time; the rest wait in their call's own time. Holds nothing for a plugin that does nothing.</summary>
internal sealed class PluginTurns(int places)
{
    private readonly Dictionary<(string Tenant, string PluginId), Line> _lines = [];
    private readonly Lock _gate = new();

    private int Places { get; } = places;

    internal async ValueTask<IDisposable> TakeAsync(HostCallScope scope, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, (scope.Tenant, scope.PluginId));
        try
        {
            await turn.Line.Places.WaitAsync(cancellationToken).ConfigureAwait(false);
            turn.IsTaken = true;
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private sealed class Line(int places)
    {
        internal SemaphoreSlim Places { get; } = new(places);

        internal int Users { get; set; }
    }

    private sealed class Turn : IDisposable
    {
        private readonly PluginTurns _turns;
        private readonly (string Tenant, string PluginId) _plugin;

        internal Turn(PluginTurns turns, (string Tenant, string PluginId) plugin)
        {
            _turns = turns;
            _plugin = plugin;
            lock (turns._gate)
            {
                if (!turns._lines.TryGetValue(plugin, out var line)) turns._lines[plugin] = line = new Line(turns.Places);
                line.Users++;
                Line = line;
            }
        }

        internal Line Line { get; }

        internal bool IsTaken { get; set; }

        public void Dispose()
        {
            if (IsTaken) Line.Places.Release();
            lock (_turns._gate)
            {
                if (--Line.Users > 0) return;
                _turns._lines.Remove(_plugin);
                Line.Places.Dispose();
            }
        }
    }
}
