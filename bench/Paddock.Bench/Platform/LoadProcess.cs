using System.Diagnostics;
using System.Globalization;

namespace Paddock.Bench.Platform;

/// <summary>Clients in a process of their own, so that what they do is no work of the server's process.</summary>
internal sealed class LoadProcess : IDisposable
{
    internal const string Command = "platform-load";

    private readonly Process _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>What came of a load.</summary>
    /// <param name="Requests">How many were answered.</param>
    /// <param name="Failures">How many of them not with 200, or not at all.</param>
    /// <param name="Seconds">How long it took.</param>
    internal readonly record struct Outcome(long Requests, long Failures, double Seconds)
    {
        internal double PerSecond => Requests / Seconds;
    }

    /// <summary>Loads an address over so many connections until the requests or the seconds are used up.</summary>
    internal async Task<Outcome> RunAsync(Uri address, int connections, long requests, double seconds)
    {
        await _process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{address} {connections} {requests} {seconds}"));
        await _process.StandardInput.FlushAsync();
        var figures = (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The clients ended.")).Split(' ');
        return new(long.Parse(figures[0], CultureInfo.InvariantCulture), long.Parse(figures[1], CultureInfo.InvariantCulture), double.Parse(figures[2], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The process: a load for each line, until there are no more.</summary>
    internal static async Task ServeAsync()
    {
        while (Console.ReadLine()?.Split(' ') is [var address, var connections, var requests, var seconds])
        {
            var load = new Load(new Uri(address), long.Parse(requests, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture));
            var outcome = await load.RunAsync(int.Parse(connections, CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Requests} {outcome.Failures} {outcome.Seconds}"));
        }
    }

    private sealed class Load(Uri address, long most, double seconds)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private long _begun;
        private long _answered;
        private long _failed;

        internal async Task<Outcome> RunAsync(int connections)
        {
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(ConnectionAsync)));
            return new(_answered, _failed, Stopwatch.GetElapsedTime(_start).TotalSeconds);
        }

        private async Task ConnectionAsync()
        {
            long answered = 0, failed = 0;
            LoadConnection? connection = null;
            while (Interlocked.Increment(ref _begun) <= most && Stopwatch.GetElapsedTime(_start).TotalSeconds < seconds)
            {
                try
                {
                    connection ??= await LoadConnection.OpenAsync(address);
                    if (!await connection.AskAsync()) failed++;
                }
                catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
                {
                    failed++;
                    connection?.Dispose();
                    connection = null;
                }

                answered++;
            }

            connection?.Dispose();
            Interlocked.Add(ref _answered, answered);
            Interlocked.Add(ref _failed, failed);
        }
    }
}
