using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Paddock.Threats.Tests;

/// <summary>Everything that the host logs.</summary>
internal sealed class LogCapture(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        said.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // Nothing is held.
    }
}

/// <summary>What the host's traces and measurements say while it lives.</summary>
internal sealed class TraceCapture : IDisposable
{
    private readonly ActivityListener _listener;

    public TraceCapture()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Paddock", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Said.Enqueue(string.Join(' ', activity.TagObjects.Select(t => $"{t.Key}={t.Value}")
                .Concat(activity.Events.Select(e => $"{e.Name} {string.Join(' ', e.Tags)}")).Append(activity.DisplayName).Append(activity.StatusDescription))),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<string> Said { get; } = new();

    public void Dispose() => _listener.Dispose();
}
