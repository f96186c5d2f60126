using System.Diagnostics;

namespace Paddock.Bench;

/// <summary>Durations of the same thing, over and over.</summary>
internal sealed class Samples(int count)
{
    private readonly List<double> _microseconds = new(count);

    internal double Median => Percentile(50);

    /// <summary>Microseconds from <paramref name="start"/>, of <see cref="Stopwatch.GetTimestamp"/>, to now.</summary>
    internal void AddSince(long start) => _microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);

    internal void Add(TimeSpan duration) => _microseconds.Add(duration.TotalMicroseconds);

    internal void Clear() => _microseconds.Clear();

    internal double Percentile(int percent)
    {
        var sorted = _microseconds.Order().ToArray();
        return sorted[sorted.Length * percent / 100];
    }
}
