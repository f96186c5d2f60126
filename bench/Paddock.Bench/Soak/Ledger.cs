using System.Globalization;
using System.Net;

namespace Paddock.Bench.Soak;

/// <summary>What clients wrote by way of a plugin, and what of it was acknowledged.</summary>
internal sealed class Ledger(SoakHost host, string plugin)
{
    private const int Keys = 64;

    // Each key has one writer at a time, so that the last value is known.
    private readonly int[] _tried = new int[Keys], _acknowledged = new int[Keys];
    private int _next;

    internal long Written { get; private set; }

    /// <summary>Requests that were answered, and not as they should be.</summary>
    internal long Failed { get; private set; }

    internal string? FirstFailure { get; private set; }

    /// <summary>Writes one value after the other until told to stop; a host that goes away is waited for by whoever tells.</summary>
    internal async Task WriteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = _next++ % Keys;
            var value = ++_tried[key];
            var answer = await host.AskAsync($"/soak/{plugin}/set?key={Key(key)}&value={value}");
            if (answer is null) continue;
            if (answer.Value.Status == HttpStatusCode.OK)
            {
                _acknowledged[key] = value;
                Written++;
            }
            else Fail($"set {answer.Value.Status} {answer.Value.Text}");
        }
    }

    /// <summary>Reads everything; how many acknowledged values are not there. One that was tried and not acknowledged may be.</summary>
    internal async Task<int> LostAsync()
    {
        var lost = 0;
        for (var key = 0; key < Keys; key++)
        {
            if (_tried[key] == 0) continue;
            if (await host.AskAsync($"/soak/{plugin}/get?key={Key(key)}") is not (HttpStatusCode.OK, var text))
            {
                Fail("get");
                continue;
            }

            var value = int.TryParse(new string([.. text.Where(char.IsAsciiDigit)]), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (value < _acknowledged[key] || value > _tried[key]) lost++;
        }

        return lost;
    }

    private void Fail(string what)
    {
        FirstFailure ??= what;
        Failed++;
    }

    private string Key(int key) => $"entry:{plugin[7..]}-{key}";
}
